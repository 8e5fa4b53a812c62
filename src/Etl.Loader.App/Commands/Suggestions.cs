using System.CommandLine.Completions;
using Etl.Loader.App.Composition;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary>What the shell offers where a load or a lane is meant. It is asked at a key press: quick, or nothing.</summary>
internal static class Suggestions
{
    private const int Most = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Ids of the newest loads of the statuses, newest first; without statuses of any.</summary>
    public static Func<CompletionContext, IEnumerable<string>> Loads(Surroundings surroundings, params LoadStatus[] statuses) => context => Ask(
        surroundings,
        context,
        async (loader, token) => (await loader.Queries.ListAsync(new LoadFilter { Statuses = statuses }, null, Most, token)).Loads.Select(l => l.LoadId.ToString()));

    public static Func<CompletionContext, IEnumerable<string>> Lanes(Surroundings surroundings) => context => Ask(
        surroundings, context, async (loader, token) => (await loader.Queries.LanesAsync(token)).Select(l => l.Target));

    private static string[] Ask(
        Surroundings surroundings, CompletionContext context, Func<LoaderAccess, CancellationToken, Task<IEnumerable<string>>> ask)
    {
        try
        {
            // The library asks for suggestions synchronously.
            return Task.Run(async () =>
            {
                using var limit = new CancellationTokenSource(Patience);
                await using var loader = surroundings.Connect(context.ParseResult);
                return (await ask(loader, limit.Token)).Where(s => s.StartsWith(context.WordToComplete, StringComparison.Ordinal)).ToArray();
            }).GetAwaiter().GetResult();
        }
        catch (Exception)
        {
            // A key press is no place for an error.
            return [];
        }
    }
}

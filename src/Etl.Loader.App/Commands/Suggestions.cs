using System.CommandLine.Completions;
using Etl.Loader.App.Composition;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Commands;

/// <summary>What the shell offers where a load, a lane, an inbox or a filter is meant. It is asked at a key press: quick, or nothing.</summary>
internal static class Suggestions
{
    private const int Most = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Ids of the newest loads of the statuses, newest first; without statuses of any.</summary>
    public static Func<CompletionContext, IEnumerable<string>> Loads(Surroundings surroundings, params LoadStatus[] statuses) => context => Ask(
        surroundings, context, (loader, token) => IdsAsync(loader, context.WordToComplete, statuses, token));

    /// <summary>The keys of a filter, or the values of the key that is typed; and ids, as <see cref="Loads"/> does.</summary>
    public static Func<CompletionContext, IEnumerable<string>> LoadsOrFilter(Surroundings surroundings, params LoadStatus[] statuses) => context =>
    {
        var typed = context.WordToComplete;
        return typed.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon
            ? ValuesOf(surroundings, context, typed[..(colon + 1)])
            : [.. LoadFilter.Keys.Select(key => key + ':').Where(k => k.StartsWith(typed, StringComparison.Ordinal)), .. Loads(surroundings, statuses)(context)];
    };

    public static Func<CompletionContext, IEnumerable<string>> Lanes(Surroundings surroundings) => context => Ask(
        surroundings, context, async (loader, token) => (await loader.Queries.LanesAsync(token)).Select(l => l.Target));

    public static Func<CompletionContext, IEnumerable<string>> Inboxes(Surroundings surroundings) => Configured(surroundings, "Loader:Inboxes", "");

    public static Func<CompletionContext, IEnumerable<string>> Targets(Surroundings surroundings) => Configured(surroundings, "Loader:Targets", "");

    private static IEnumerable<string> ValuesOf(Surroundings surroundings, CompletionContext context, string key) => key switch
    {
        "status:" => Enum.GetValues<LoadStatus>().Select(s => key + s.Word()).Where(s => s.StartsWith(context.WordToComplete, StringComparison.Ordinal)),
        "target:" => Configured(surroundings, "Loader:Targets", key)(context),
        "inbox:" => Configured(surroundings, "Loader:Inboxes", key)(context),
        _ => [],
    };

    /// <summary>Short, and whole where the beginning of a whole one is typed.</summary>
    private static async Task<IEnumerable<string>> IdsAsync(LoaderAccess loader, string typed, LoadStatus[] statuses, CancellationToken token) =>
        (await loader.Queries.ListAsync(new LoadFilter { Statuses = statuses }, null, Most, token)).Loads
            .Select(l => l.LoadId.Short.StartsWith(typed, StringComparison.Ordinal) ? l.LoadId.Short : l.LoadId.ToString());

    /// <summary>The names below a key of the configuration; asks no database.</summary>
    private static Func<CompletionContext, IEnumerable<string>> Configured(Surroundings surroundings, string section, string before) => context => Ask(
        surroundings, context, (loader, _) => Task.FromResult(loader.Configuration.GetSection(section).GetChildren().Select(child => before + child.Key)));

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
            // A key press is not a place for an error.
            return [];
        }
    }
}

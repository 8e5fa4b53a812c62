using System.CommandLine;
using Etl.Loader.App.Output;
using Etl.Loader.Dashboard.Api;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary><c>loads</c>: the history, newest first.</summary>
internal static class LoadsCommand
{
    private const int LargestPage = 1000;

    public static Command Build(Surroundings surroundings)
    {
        var what = new Argument<string[]>("ID|FILTER")
        {
            Description = "Load ids, or a filter such as status:failed target:warehouse table:orders* file:*.csv since:2d",
            HelpName = "ID|FILTER",
            Arity = ArgumentArity.ZeroOrMore,
        };
        what.CompletionSources.Add(Suggestions.LoadsOrFilter(surroundings));
        var limit = SharedOptions.Limit();
        var json = SharedOptions.Json();
        var command = new Command("loads", "List loads, newest first.") { what, limit, json };
        command.SetAction(async (parsed, token) =>
        {
            var words = parsed.GetValue(what) ?? [];
            var filter = LoadChoice.AreIds(words) ? null : LoadFilter.ParseWords(words);
            await using var loader = surroundings.Connect(parsed);
            var loads = filter is null
                ? await NamedAsync(loader.Queries, words, token)
                : await ReadAsync(loader.Queries, filter, parsed.GetValue(limit), token);
            if (parsed.GetValue(json))
            {
                surroundings.Out.WriteLine(ApiJson.Text(loads));
            }
            else if (loads.Count == 0)
            {
                surroundings.Error.WriteLine("No load matches.");
            }
            else
            {
                LoadTable.Of(loads, surroundings.Time.GetUtcNow()).Write(surroundings);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Up to <paramref name="most"/> matching loads, newest first.</summary>
    public static async Task<IReadOnlyList<LoadSummary>> ReadAsync(ILoadQueries queries, LoadFilter filter, int most, CancellationToken token)
    {
        var loads = new List<LoadSummary>();
        string? after = null;
        do
        {
            var page = await queries.ListAsync(filter, after, Math.Min(most - loads.Count, LargestPage), token);
            loads.AddRange(page.Loads);
            after = page.Next;
        }
        while (after is not null && loads.Count < most);
        return loads;
    }

    private static async Task<IReadOnlyList<LoadSummary>> NamedAsync(ILoadQueries queries, IEnumerable<string> ids, CancellationToken token)
    {
        var loads = new List<LoadSummary>();
        foreach (var id in ids)
        {
            loads.Add(await LoadChoice.FindAsync(queries, id, token));
        }

        return loads;
    }
}

using System.CommandLine;
using System.Text.RegularExpressions;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary><c>wait</c>: until loads have an outcome.</summary>
internal static partial class WaitCommand
{
    private const int MostLoads = 100_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    internal static readonly LoadStatus[] Open = [LoadStatus.Queued, LoadStatus.Loading, LoadStatus.Retrying];

    public static Command Build(Surroundings surroundings)
    {
        var what = new Argument<string[]>("ID|FILTER")
        {
            Description = "Load ids, or a filter such as file:orders.csv since:1h, which waits until at least one load matches. " +
                "Default: all loads that have no outcome now.",
            HelpName = "ID|FILTER",
            Arity = ArgumentArity.ZeroOrMore,
        };
        what.CompletionSources.Add(Suggestions.LoadsOrFilter(surroundings, Open));
        var timeout = SharedOptions.Timeout("How long to wait before exiting with code 4.");
        var command = new Command("wait", "Wait until loads have an outcome. Exit code 0: all loaded; 1: some failed or were cancelled; 4: timed out.") { what, timeout };
        command.SetAction(async (parsed, token) =>
        {
            var words = parsed.GetValue(what) ?? [];
            var limit = parsed.GetValue(timeout);
            await using var loader = surroundings.Connect(parsed);
            var began = surroundings.Time.GetTimestamp();
            var loads = words.Length > 0 && words.All(w => Id().IsMatch(w))
                ? await ResolveAsync(loader.Queries, words, token)
                : await MatchAsync(loader.Queries, words, surroundings, limit, token);
            if (loads is null)
            {
                surroundings.Complain(
                    $"no load matched '{string.Join(' ', words)}' within {Words.Span(limit!.Value)}.", "Is a watcher running, and is there a trigger? See: etl-loader status");
                return ExitCodes.TimedOut;
            }

            if (loads.Count == 0)
            {
                surroundings.Error.WriteLine("No load waits or runs.");
            }

            return await new LoadFollower(loader.Queries, surroundings).FollowAsync(loads, limit, token, began);
        });
        return command;
    }

    private static async Task<IReadOnlyCollection<LoadId>> ResolveAsync(ILoadQueries queries, string[] ids, CancellationToken token)
    {
        var loads = new HashSet<LoadId>();
        foreach (var id in ids)
        {
            loads.Add(await queries.ResolveAsync(id, token));
        }

        return loads;
    }

    private static async Task<IReadOnlyCollection<LoadId>?> MatchAsync(
        ILoadQueries queries, string[] words, Surroundings surroundings, TimeSpan? limit, CancellationToken token)
    {
        var filter = words.Length == 0 ? new LoadFilter { Statuses = Open } : LoadFilter.ParseWords(words);
        var began = surroundings.Time.GetTimestamp();
        while (true)
        {
            var loads = await LoadsCommand.ReadAsync(queries, filter, MostLoads, token);
            if (loads.Count > 0 || words.Length == 0)
            {
                return [.. loads.Select(l => l.LoadId)];
            }

            if (limit is { } most && surroundings.Time.GetElapsedTime(began) > most)
            {
                return null;
            }

            await Task.Delay(Pause, surroundings.Time, token);
        }
    }

    [GeneratedRegex("^([0-9a-f]{12}|[0-9a-f]{4,8}(-[0-9a-f-]*)?)$", RegexOptions.IgnoreCase)]
    private static partial Regex Id();
}

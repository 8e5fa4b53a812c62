using System.CommandLine;
using System.Text.RegularExpressions;
using Etl.Loader.App.Output;
using Etl.Loader.Dashboard.Pages;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary>Which loads a verb means: those that are named, or all that match a filter.</summary>
internal static partial class LoadChoice
{
    private const int MostLoads = 100_000;

    public static Argument<string[]> Argument(Surroundings surroundings, params LoadStatus[] statuses)
    {
        var what = new Argument<string[]>("ID|FILTER")
        {
            Description = "Load ids, or a filter such as target:warehouse table:orders* since:2d, with at least one key.",
            HelpName = "ID|FILTER",
            Arity = ArgumentArity.ZeroOrMore,
        };
        what.CompletionSources.Add(Suggestions.LoadsOrFilter(surroundings, statuses));
        return what;
    }

    /// <summary>Whether the words are ids and cannot be meant as parts of file names: short or whole ids, or beginnings with a hyphen.</summary>
    public static bool AreIds(IReadOnlyCollection<string> words) => words.Count > 0 && words.All(w => Id().IsMatch(w));

    /// <summary>By its id in any form.</summary>
    public static async Task<LoadSummary> FindAsync(ILoadQueries queries, string id, CancellationToken token) =>
        LoadDetailsPage.Summary((await queries.GetAsync(await queries.ResolveAsync(id, token), token)).Load);

    /// <summary>Those that are named; the result of the verb so far is <see cref="ExitCodes.Usage"/> where one of them is none.</summary>
    public static async Task<(IReadOnlyList<LoadSummary> Loads, int Result)> NamedAsync(
        ILoadQueries queries, IEnumerable<string> ids, Surroundings surroundings, CancellationToken token)
    {
        var loads = new List<LoadSummary>();
        var result = ExitCodes.Done;
        foreach (var id in ids)
        {
            try
            {
                loads.Add(await FindAsync(queries, id, token));
            }
            catch (LoaderException fault) when (fault is not NotReachableException)
            {
                result = Failure.Report(fault, surroundings);
            }
        }

        return (loads, result);
    }

    /// <summary>All that match, oldest first.</summary>
    /// <param name="statuses">What a filter chooses among that names no status.</param>
    public static async Task<(IReadOnlyList<LoadSummary> Loads, LoadFilter Filter)> MatchingAsync(
        ILoadQueries queries, IReadOnlyList<string> words, IReadOnlyList<LoadStatus> statuses, CancellationToken token)
    {
        if (words.FirstOrDefault(w => Id().IsMatch(w)) is { } id)
        {
            throw new LoaderException($"'{id}' is a load id, but the other words are a filter.", "Give either load ids or a filter. To match part of a file name, write file:*TEXT*.");
        }

        var filter = LoadFilter.ParseWords(words);
        filter = filter.Statuses.Count == 0 ? filter with { Statuses = statuses } : filter;
        return ([.. (await LoadsCommand.ReadAsync(queries, filter, MostLoads, token)).Reverse()], filter);
    }

    [GeneratedRegex("^([0-9a-f]{12}|[0-9a-f]{8}-[0-9a-f-]*)$", RegexOptions.IgnoreCase)]
    private static partial Regex Id();
}

using System.CommandLine;
using Etl.Loader.App.Composition;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary>Which loads a verb acts on: those that are named, or all that match a filter, after a look at them and a yes.</summary>
internal static class LoadChoice
{
    private const int MostLoads = 100_000;
    private const int Shown = 20;

    public static Argument<string[]> Argument(Surroundings surroundings, params LoadStatus[] statuses)
    {
        var what = new Argument<string[]>("ID|FILTER")
        {
            Description = "Load ids, or their first characters as far as they are unique; or a filter such as target:warehouse table:orders* since:2d, with at least one key.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        what.CompletionSources.Add(Suggestions.Loads(surroundings, statuses));
        return what;
    }

    /// <summary>
    /// Ids or beginnings of ids, oldest load first where a filter chose them. Throws <see cref="LoaderException"/> where many are meant and nobody said yes.
    /// </summary>
    /// <param name="statuses">What a filter chooses among that names no status.</param>
    /// <param name="verb">For people: "requeue".</param>
    /// <param name="yes">Said already.</param>
    public static async Task<IReadOnlyList<string>> ReadAsync(
        LoaderAccess loader, string[] words, IReadOnlyList<LoadStatus> statuses, string verb, bool yes, Surroundings surroundings, CancellationToken token)
    {
        if (words.Length > 0 && !words.Any(w => w.Contains(':', StringComparison.Ordinal)))
        {
            // A misspelt id is an error, never a pattern that matches nothing or more than was meant.
            return words;
        }

        var filter = LoadFilter.Parse(string.Join(' ', words));
        filter = filter.Statuses.Count == 0 ? filter with { Statuses = statuses } : filter;
        var loads = await LoadsCommand.ReadAsync(loader.Queries, filter, MostLoads, token);
        if (loads.Count == 0)
        {
            surroundings.Error.WriteLine($"No load matches {filter.Format()}.");
            return [];
        }

        if (!yes)
        {
            Preview(loads, surroundings);
            var question = $"{verb} {(loads.Count == 1 ? "this load" : $"these {Words.Rows(loads.Count)} loads")}?";
            if (surroundings.Confirm is not { } confirm)
            {
                throw new LoaderException($"{verb}: {Words.Rows(loads.Count)} loads match {filter.Format()}, and nobody is there to be asked.", "Add --yes to act on them.");
            }

            if (!confirm(question))
            {
                surroundings.Error.WriteLine("Nothing was done.");
                return [];
            }
        }

        return [.. loads.Reverse().Select(l => l.LoadId.ToString())];
    }

    private static void Preview(IReadOnlyList<LoadSummary> loads, Surroundings surroundings)
    {
        LoadTable.Of(loads.Take(Shown), surroundings.Time.GetUtcNow()).Write(surroundings);
        if (loads.Count > Shown)
        {
            surroundings.Out.WriteLine($"and {Words.Rows(loads.Count - Shown)} more");
        }
    }
}

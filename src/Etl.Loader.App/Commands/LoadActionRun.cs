using Etl.Loader.App.Composition;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;

namespace Etl.Loader.App.Commands;

/// <summary>Acts on each of several loads, or says what it would do: what one refuses does not keep the others from it.</summary>
internal sealed class LoadActionRun(LoadAction action, LoaderAccess loader, Surroundings surroundings, Actor actor)
{
    private const int Shown = 20;

    public async Task<int> NamedAsync(IReadOnlyList<string> ids, bool dryRun, CancellationToken token)
    {
        var (loads, result) = await LoadChoice.NamedAsync(loader.Queries, ids, surroundings, token);
        return Math.Max(result, dryRun ? Foretell(loads) : await ActAsync(loads, token));
    }

    /// <summary>Asks before it acts. Throws <see cref="LoaderException"/> where no one is there to be asked.</summary>
    public async Task<int> MatchingAsync(IReadOnlyList<string> words, bool all, bool yes, bool dryRun, CancellationToken token)
    {
        var (loads, filter) = all
            ? await LoadChoice.MatchingAsync(loader.Queries, [.. words, new LoadFilter { Statuses = action.AllStatuses }.Format()], action.AllStatuses, token)
            : await LoadChoice.MatchingAsync(loader.Queries, words, action.Statuses, token);
        if (loads.Count == 0)
        {
            surroundings.Error.WriteLine($"No load matches {filter.Format()}.");
            return ExitCodes.Done;
        }

        if (dryRun)
        {
            return Foretell(loads);
        }

        if (!all && !yes && !await ConfirmedAsync(loads, filter, token))
        {
            surroundings.Error.WriteLine("Nothing was done.");
            return ExitCodes.Done;
        }

        return await ActAsync(loads, token);
    }

    private async Task<int> ActAsync(IEnumerable<LoadSummary> loads, CancellationToken token)
    {
        var result = ExitCodes.Done;
        foreach (var load in loads)
        {
            try
            {
                surroundings.Out.WriteLine($"{NameOf(load)} {await action.Act(loader.Actions, load, actor, token)}");
            }
            catch (LoaderException fault) when (fault is not NotReachableException)
            {
                result = Failure.Report(fault, surroundings);
            }
        }

        return result;
    }

    /// <summary>Every load that would be changed, and those that would be refused; the exit code is that of the real run.</summary>
    private int Foretell(IReadOnlyList<LoadSummary> loads)
    {
        var able = loads.Where(l => action.Able(l.Status)).ToArray();
        if (able.Length > 0)
        {
            LoadTable.Of(able, surroundings.Time.GetUtcNow()).Write(surroundings);
        }

        foreach (var load in loads.Except(able))
        {
            surroundings.Error.WriteLine($"{NameOf(load)} is {Words.Of(load.Status)}: {action.Verb} would refuse it");
        }

        surroundings.Out.WriteLine($"would {action.Verb} {Words.Many(able.Length, "load")}; nothing was changed");
        return able.Length == loads.Count ? ExitCodes.Done : ExitCodes.Usage;
    }

    private async Task<bool> ConfirmedAsync(IReadOnlyList<LoadSummary> loads, LoadFilter filter, CancellationToken token)
    {
        LoadTable.Of(loads.Reverse().Take(Shown), surroundings.Time.GetUtcNow()).Write(surroundings);
        if (loads.Count > Shown)
        {
            surroundings.Out.WriteLine($"and {Words.Rows(loads.Count - Shown)} more");
        }

        var question = $"{action.Verb} {(loads.Count == 1 ? "this load" : $"these {Words.Many(loads.Count, "load")}")}?";

        // Ctrl-C ends the verb; a read from the keyboard that was begun cannot be.
        return surroundings.Confirm is { } confirm
            ? await Task.Run(() => confirm(question), token).WaitAsync(token)
            : throw new LoaderException(
                $"{action.Verb}: {Words.Many(loads.Count, "load")} would be changed by {filter.Format()}, and there is no terminal to confirm it on.", "Add --yes to act on them, or --dry-run to see all of them.");
    }

    private static string NameOf(LoadSummary load) => $"{load.LoadId.Short} {load.Inbox}/{Words.Plain(load.Dataset)}";
}

using Etl.Loader.Ledger;
using Etl.Loader.Targets;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Loads;

/// <summary>Something in a target's staging that no load needs.</summary>
/// <param name="Status">Null: the ledger does not have the load.</param>
internal sealed record Leftover(LoadId Load, LoadStatus? Status);

/// <summary>
/// What dead and finished loads left in a target. Staging of a load without outcome is never a leftover; that of a failed one becomes one after a
/// while, and so does that of a load which the ledger does not know, since it may be accepted again under its id.
/// </summary>
internal sealed class Leftovers(ReceiptLedger ledger, RetentionOptions retention, TimeProvider time)
{
    /// <param name="orphans">Those of unknown loads too, however young.</param>
    public async Task<IReadOnlyList<Leftover>> FindAsync(ILoadTarget target, bool orphans, CancellationToken token)
    {
        var staged = await target.Upkeep.StagedLoadsAsync(token);
        if (staged.Count == 0)
        {
            return [];
        }

        var standings = await ledger.StandingsAsync(staged, token);
        return [.. staged
            .Select(load => (Left: new Leftover(load, standings.TryGetValue(load, out var known) ? known.Status : null), Since: known?.FinishedAt))
            .Where(l => l.Left.Status switch
            {
                null => orphans || IsOver(l.Left.Load.MadeAt),
                LoadStatus.Failed => IsOver(l.Since!.Value),
                var status => status.Value.HasOutcome(),
            })
            .Select(l => l.Left)];
    }

    /// <summary>Only for the holder of the lane. Returns what was removed.</summary>
    public async Task<IReadOnlyList<Leftover>> RemoveAsync(ILoadTarget target, long epoch, bool orphans, CancellationToken token)
    {
        var leftovers = await FindAsync(target, orphans, token);
        foreach (var left in leftovers)
        {
            await target.DropStagingAsync(left.Load, epoch, token);
        }

        return leftovers;
    }

    /// <summary>Drops what a load has staged, now that it does not need it; where that fails, a later round does.</summary>
    public static async Task TryDropAsync(LoadId load, LaneHold lane, ILogger logger, CancellationToken token)
    {
        try
        {
            await lane.Target.DropStagingAsync(load, lane.Epoch, token);
        }
        catch (Exception exception) when (!token.IsCancellationRequested)
        {
            Log.StagingLeft(logger, load, lane.Target.Name, exception);
        }
    }

    /// <summary>Rejected rows beyond their time; returns how many.</summary>
    public Task<long> ForgetRejectsAsync(ILoadTarget target, long epoch, CancellationToken token) =>
        target.Upkeep.ForgetRejectsAsync(time.GetUtcNow() - retention.Rejects, epoch, token);

    private bool IsOver(DateTimeOffset since) => since + retention.FailedStaging <= time.GetUtcNow();
}

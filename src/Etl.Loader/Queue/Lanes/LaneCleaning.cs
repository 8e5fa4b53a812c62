using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Targets;

namespace Etl.Loader.Queue.Lanes;

/// <summary>What came of cleaning a target.</summary>
/// <param name="HeldBy">The process that serves the lane, so that nothing was done; null: it was ours for the while.</param>
internal sealed record Cleaning(string? HeldBy, IReadOnlyList<Leftover> Removed);

/// <summary>
/// Removes a target's leftovers on a person's word, those of loads unknown to the ledger among them. Only with the lane in hand: under a new epoch, so that
/// no load is being staged by anybody.
/// </summary>
internal sealed class LaneCleaning(QueueDatabase database, LaneLedger lanes, InboxLedger inboxes, Leftovers leftovers)
{
    public async Task<Cleaning> RunAsync(ILoadTarget target, CancellationToken token)
    {
        await using var laneLock = await LaneLock.OpenAsync(database, target.Name, token);
        if (!await laneLock.TryTakeAsync(token))
        {
            var holder = await lanes.FindHolderAsync(target.Name, token);
            return new Cleaning(holder?.Holder ?? "another process", []);
        }

        var installation = await inboxes.InstallationAsync(token);
        var above = await lanes.EpochAsync(target.Name, token);
        var published = await lanes.HasPublishedAsync(target.Name, token);
        var epoch = await target.TakeLaneAsync(new LaneClaim(installation, QueueDatabase.Holder, above, published), token);
        try
        {
            return new Cleaning(null, await leftovers.RemoveAsync(target, epoch, orphans: true, token));
        }
        finally
        {
            await target.ReleaseLaneAsync();
        }
    }
}

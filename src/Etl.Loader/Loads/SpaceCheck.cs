using Etl.Loader.Ledger;
using Etl.Loader.Targets;

namespace Etl.Loader.Loads;

/// <summary>Holds what a load needs at least against what is known to be free, before hours of staging end at a full disk.</summary>
internal static class SpaceCheck
{
    /// <summary>Null: enough, or not known. A load that goes on from checkpoints has most of what it needs already.</summary>
    public static async Task<TargetFault?> FindShortageAsync(LoadRecord load, ILoadTarget target, CancellationToken token)
    {
        var needed = target.Upkeep.LeastBytes(load.Spec.Files.Sum(f => f.Bytes));
        if (await target.Upkeep.FreeBytesAsync(token) is not { } free || free >= needed || await target.CountCheckpointsAsync(load.Id, token) > 0)
        {
            return null;
        }

        return new TargetFault(
            FaultKind.Outage,
            FormattableString.Invariant($"Target '{target.Name}' has {free:N0} bytes free; {load.Spec.Dataset} needs at least {needed:N0}."),
            "Free space; the load goes on by itself.",
            Full: true);
    }
}

using Etl.Loader.Faults;
using Etl.Loader.Ledger;
using Etl.Loader.Targets;

namespace Etl.Loader.Loads;

/// <summary>Holds what a load needs at least against what is known to be free, before hours of staging end at a full disk.</summary>
internal static class SpaceCheck
{
    /// <summary>Below it the look costs more than what it could save.</summary>
    public const long FromBytes = 64L << 20;

    /// <summary>Null: enough, not known, or not worth a look. A load that resumes from checkpoints has most of what it needs already.</summary>
    public static async Task<TargetFault?> FindShortageAsync(LoadRecord load, ILoadTarget target, CancellationToken token)
    {
        if (load.Spec.Files.Sum(f => f.Bytes) < FromBytes
            || await LookAsync(load, target, token) is not { Enough: false } space
            || await target.CountCheckpointsAsync(load.Id, token) > 0)
        {
            return null;
        }

        return new TargetFault(
            FaultKind.Outage,
            FormattableString.Invariant($"Target '{target.Name}' has {Amounts.Counted(space.Free, "byte")} free; {load.Spec.Dataset} needs at least {space.Needed:N0}."),
            "Free space; the load resumes automatically.",
            Full: true);
    }

    /// <summary>Null: not known.</summary>
    public static async Task<Space?> LookAsync(LoadRecord load, ILoadTarget target, CancellationToken token) =>
        await target.Upkeep.FreeBytesAsync(token) is { } free ? new(free, target.Upkeep.LeastBytes(load.Spec.Files.Sum(f => f.Bytes))) : null;
}

/// <summary>Bytes at a target.</summary>
internal readonly record struct Space(long Free, long Needed)
{
    public bool Enough => Free >= Needed;
}

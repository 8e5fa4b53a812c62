using Etl.Loader.Ledger;

namespace Etl.Loader.Loads;

/// <summary>
/// Sets a load aside that kills its loader (out of memory, a fault in native code) again and again: it would hold up its lane forever. A load that
/// gets further each time, by a checkpoint at least, may continue.
/// </summary>
internal sealed class KillCheck(ILoadLedger ledger, LoadOptions options)
{
    /// <summary>Before the load is worked on. Throws <see cref="LoaderException"/> when it has had its chances.</summary>
    public async Task VerifyAsync(LoadRecord load, AttemptKey attempt, LaneHold lane, CancellationToken token)
    {
        if (load.Kills == 0 || options.KillLimit == 0)
        {
            return;
        }

        var checkpoints = await lane.Target.CountCheckpointsAsync(load.Id, token);
        var kills = load.Kills > 1 && checkpoints > load.KillsCheckpoints ? 1 : load.Kills;
        if (kills >= options.KillLimit)
        {
            throw new LoaderException(
                FormattableString.Invariant($"{load.Spec.Dataset}: the loader was killed {Amounts.Counted(kills, "time")} while it ran this load, without a new checkpoint in between."),
                "Look for the cause in the loader's log and the system log (memory, disk), fix it, then requeue the load.");
        }

        await ledger.SetKillsAsync(attempt, kills, checkpoints, token);
    }
}

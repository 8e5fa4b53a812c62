namespace Etl.Loader.Queue.Lanes;

/// <summary>How lanes keep time. Each value may be divided in tests; their relations must hold (<see cref="LaneOptionsValidator"/>).</summary>
internal sealed class LaneOptions
{
    public const string Section = "Loader:Lane";

    /// <summary>After it a process that stops ends, whatever it does; shorter than the service manager waits.</summary>
    public static readonly TimeSpan HostLimit = TimeSpan.FromSeconds(60);

    /// <summary>How often a standby asks for the lane's lock, and a holder looks whether something is to be done.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a holder proves that it lives and looks whether people want the lane paused.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A holder silent for longer is frozen or cut off: its lock is broken. Several heartbeats long.</summary>
    public TimeSpan HolderSilence { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>Longest pause between tries to reach a target or the queue database that is away.</summary>
    public TimeSpan ProbeLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the holder compares ledger and jobs.</summary>
    public TimeSpan Reconcile { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the holder looks for what dead loads left in the target, and for rejects beyond their time.</summary>
    public TimeSpan Tidy { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a shutdown or an immediate pause lets the running load continue to the end of its chunk, or to its own end if it is not staged in chunks; then
    /// it is broken off. Well below <see cref="Shutdown"/>.
    /// </summary>
    public TimeSpan ChunkGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a shutdown waits for the running load to let go. Shorter than the host's own limit, which must be shorter than the
    /// service manager's.
    /// </summary>
    public TimeSpan Shutdown { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How often Hangfire looks for retries that are due: they begin late by as much. Each look costs a dozen statements.</summary>
    public TimeSpan RetryPoll { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often Hangfire looks whether the job that runs was deleted.</summary>
    public TimeSpan CancelPoll { get; set; } = TimeSpan.FromSeconds(2);
}

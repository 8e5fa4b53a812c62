using Etl.Loader.Ledger;
using Etl.Loader.Targets;

namespace Etl.Loader.Loads;

/// <summary>Runs one attempt of a load from survey to receipt. Re-entrant from any line: it first looks what is done already.</summary>
internal interface ILoadRunner
{
    /// <param name="load">As the ledger has it now.</param>
    /// <param name="token">Fires when the process shuts down or the lane is lost: the attempt ends as interrupted.</param>
    Task<RunResult> RunAsync(LoadRecord load, LaneHold lane, CancellationToken token);
}

/// <summary>The right to write into a target: the target and the epoch under which this process holds its lane.</summary>
/// <param name="SayWaits">Tells people what the lane waits for; null: it goes on.</param>
internal sealed record LaneHold(ILoadTarget Target, long Epoch, Func<string?, CancellationToken, Task> SayWaits)
{
    /// <summary>Fires when the load is to end soon: at its next chunk, or as a whole if it is not staged in chunks. After a grace its own token fires.</summary>
    public CancellationToken WindUp { get; init; }

    /// <summary>Asks whether a load may still begin here, and throws where not: while the queue database was away the lane may have become another's.</summary>
    public Func<CancellationToken, Task> Confirm { get; init; } = static _ => Task.CompletedTask;
}

internal enum RunDisposition
{
    /// <summary>The load has an outcome; the job is done.</summary>
    Done,

    /// <summary>The load failed for good; the job shows as failed, people may requeue it.</summary>
    Failed,

    /// <summary>Try again at <see cref="RunResult.RetryAt"/>.</summary>
    Retry,

    /// <summary>
    /// Costs no attempt. Stopped by shutdown or pause: goes to the head of the lane. Set back, with <see cref="RunResult.RetryAt"/>: comes back
    /// then, and the lane goes on meanwhile.
    /// </summary>
    HandBack,

    /// <summary>Another process holds the lane: leave job and ledger alone.</summary>
    Fenced,
}

/// <param name="Told">True: this attempt wrote the load's outcome into the ledger, and it was no cancel.</param>
internal sealed record RunResult(RunDisposition Disposition, string? Message = null, DateTimeOffset? RetryAt = null, bool Told = false)
{
    /// <summary>How the attempt ended; null: there was none, for the load has its outcome or the lane is another's.</summary>
    public AttemptOutcome? Outcome { get; init; }

    /// <summary>Of a load that was published by this attempt or an earlier one.</summary>
    public LoadReceipt? Receipt { get; init; }
}

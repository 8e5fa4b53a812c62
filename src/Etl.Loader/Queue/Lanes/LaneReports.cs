using Etl.Loader.Ledger;
using Etl.Loader.Telemetry;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Queue.Lanes;

/// <summary>What a lane reports to people: what it waits for, once in the log for each new reason and at most once a minute for each old one, and in the ledger with its heartbeats.</summary>
internal sealed class LaneReports(string target, LaneLedger lanes, TimeProvider time, ILogger logger)
{
    private volatile TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _waits;
    private readonly RepeatLimit _repeats = new(time);
    private string? _logged;
    private string? _lockedOut;

    /// <summary>Completes when a heartbeat has something new to report.</summary>
    public Task News => _news.Task;

    /// <summary>What the lane waits for; null: nothing.</summary>
    public string? Waits => _waits;

    /// <summary>As <see cref="Waits"/>, for the heartbeat that reports it: what changes after that is news again.</summary>
    public string? Take()
    {
        _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return _waits;
    }

    /// <summary>Idempotent. The ledger has it with the next heartbeat, which comes now; one that does not get through is made good by the next.</summary>
    public void ReportWait(string? reason)
    {
        if (reason is null)
        {
            _logged = null;
        }
        else
        {
            ReportLocally(reason);
        }

        if (reason != _waits)
        {
            _waits = reason;
            _news.TrySetResult();
        }
    }

    /// <summary>In the log only: the lane is not ours, or its queue database cannot be asked.</summary>
    /// <param name="passes">False: waiting will not end it.</param>
    public void ReportLocally(string reason, bool passes = true)
    {
        if (reason == _logged)
        {
            return;
        }

        _logged = reason;
        if (!_repeats.Allows(RepeatLimit.WithoutNumbers(reason), out var leftOut))
        {
            return;
        }

        if (passes)
        {
            Log.LaneWaits(logger, target, reason + leftOut);
        }
        else
        {
            Log.LaneRefused(logger, target, reason + leftOut);
        }
    }

    /// <summary>For <c>status</c>: until the lock is ours, this is what the lane waits for. No heartbeat of ours reports it.</summary>
    public async Task ReportLockedOutAsync(LockHolder stranger, CancellationToken token)
    {
        var reason = $"queue database: {stranger} holds the lock of this lane and is not a known loader. {stranger.ToDo}";
        if (reason != _lockedOut)
        {
            Log.LockTaken(logger, target, stranger.ToString(), stranger.ToDo);
            await lanes.ReportLockedOutAsync(target, reason, token);
            _lockedOut = reason;
        }
    }

    /// <summary>The lock is ours.</summary>
    public void ReportLockedIn() => _lockedOut = null;
}

using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Queue.Jobs;

namespace Etl.Loader.Queue.Lanes;

/// <summary>What a job needs of its lane: the right to write, its turn, and the order to stop.</summary>
/// <param name="turn">One for all servers that the lane has had in this process: two loads never run side by side here.</param>
internal sealed class LaneDesk(
    string target, ILaneRight right, LaneReports reports, SemaphoreSlim turn, LaneOptions options, TimeProvider time) : ILaneDesk, IDisposable
{
    private readonly CancellationTokenSource _windUp = new();
    private readonly CancellationTokenSource _abort = new(Timeout.InfiniteTimeSpan, time);

    public string Target => target;

    /// <summary>Fires when the running load must end soon and no other may begin: shutdown, or an immediate pause. Losing the lock does not fire it.</summary>
    public CancellationToken WindingUp => _windUp.Token;

    /// <summary>Fires when the grace for that is over: the running load must let go.</summary>
    public CancellationToken Aborted => _abort.Token;

    public string Reason { get; private set; } = "Handed back.";

    /// <summary>True once a load has found that the target is at another epoch.</summary>
    public bool Fenced { get; private set; }

    public void ReportFenced() => Fenced = true;

    public void ReportWait(string? reason) => reports.ReportWait(reason);

    /// <summary>Idempotent; the first reason and grace stay.</summary>
    public void WindUp(string reason, TimeSpan grace)
    {
        if (!_windUp.IsCancellationRequested)
        {
            Reason = reason;
            _abort.CancelAfter(grace);
            _windUp.Cancel();
        }
    }

    /// <summary>Waits until no other load of the lane runs in this process; disposing the result ends the turn.</summary>
    public async Task<LaneTurn> EnterAsync(CancellationToken token)
    {
        var waits = !await turn.WaitAsync(TimeSpan.Zero, token);
        if (waits)
        {
            await turn.WaitAsync(token);
        }

        return new LaneTurn(turn, waits);
    }

    /// <summary>Throws <see cref="LoadHandedBackException"/> when the lane is paused or not held any more: the load is for later, or for the process that holds it now.</summary>
    public async Task ConfirmTurnAsync(CancellationToken token)
    {
        if (_windUp.IsCancellationRequested)
        {
            throw new LoadHandedBackException(target, null, Reason);
        }

        if (!await MayBeginAsync(token))
        {
            throw new LoadHandedBackException(target, null, "Handed back: the lane is paused, is being taken again, or another process holds it now.");
        }
    }

    public void Dispose()
    {
        _windUp.Dispose();
        _abort.Dispose();
    }

    /// <summary>
    /// A pause holds from the moment it was ordered, not from the next heartbeat, and nothing begins under an epoch that a load found to be over.
    /// The server stops fetching within a poll; a load handed back before that would only be fetched again, so it waits here.
    /// </summary>
    private async Task<bool> MayBeginAsync(CancellationToken token)
    {
        var held = await right.IsStillHeldAsync(token);
        if (held && (right.Wish.Paused || Fenced))
        {
            await Task.Delay(options.Poll * 2, time, token);
            return false;
        }

        return held;
    }
}

/// <summary>The lane's lock, as the jobs that run under it see it.</summary>
internal interface ILaneRight
{
    /// <summary>What people wish of the lane, as of the last answer.</summary>
    PauseRequest Wish { get; }

    /// <summary>Asks the lock's own session. False: another process may have the lane.</summary>
    Task<bool> IsStillHeldAsync(CancellationToken token);
}

/// <summary>The right to run a load in this process, until disposed.</summary>
/// <param name="waited">Whether another load was under way, so that time has passed since the job was fetched.</param>
internal sealed class LaneTurn(SemaphoreSlim turn, bool waited) : IDisposable
{
    private SemaphoreSlim? _turn = turn;

    public bool Waited => waited;

    public void Dispose() => Interlocked.Exchange(ref _turn, null)?.Release();
}

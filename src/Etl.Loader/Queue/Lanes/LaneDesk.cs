using Etl.Loader.Loads;
using Etl.Loader.Queue.Jobs;

namespace Etl.Loader.Queue.Lanes;

/// <summary>What a job needs of its lane: the right to write, its turn, and the word to stop.</summary>
/// <param name="turn">One for all servers that the lane has had in this process: two loads never run side by side here.</param>
/// <param name="mayBegin">Asks the lock's session; false means that another process may have the lane, that it is paused, or that its epoch is over.</param>
internal sealed class LaneDesk(LaneHold hold, SemaphoreSlim turn, Func<CancellationToken, Task<bool>> mayBegin, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _windUp = new();
    private readonly CancellationTokenSource _abort = new(Timeout.InfiniteTimeSpan, time);

    public string Target => hold.Target.Name;

    public LaneHold Hold => hold with { WindUp = _windUp.Token, Confirm = ConfirmTurnAsync };

    /// <summary>Fires when the running load is to end soon and no other may begin: shutdown, or pause at once. Losing the lock does not fire it.</summary>
    public CancellationToken WindingUp => _windUp.Token;

    /// <summary>Fires when the grace for that is over: the running load must let go.</summary>
    public CancellationToken Aborted => _abort.Token;

    public string Reason { get; private set; } = "Handed back.";

    /// <summary>True once a load has found that the target is at another epoch.</summary>
    public bool Fenced { get; private set; }

    public void ReportFenced() => Fenced = true;

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

    /// <summary>Throws <see cref="LoadHandedBackException"/> when the lane is paused or not held any more: the load is for later, or for whoever holds it now.</summary>
    public async Task ConfirmTurnAsync(CancellationToken token)
    {
        if (_windUp.IsCancellationRequested)
        {
            throw new LoadHandedBackException(Target, null, Reason);
        }

        if (!await mayBegin(token))
        {
            throw new LoadHandedBackException(Target, null, "Handed back: the lane is paused, is being taken again, or another process holds it by now.");
        }
    }

    public void Dispose()
    {
        _windUp.Dispose();
        _abort.Dispose();
    }
}

/// <summary>The right to run a load in this process, until disposed.</summary>
/// <param name="waited">Whether another load was under way, so that time has passed since the job was fetched.</param>
internal sealed class LaneTurn(SemaphoreSlim turn, bool waited) : IDisposable
{
    private SemaphoreSlim? _turn = turn;

    public bool Waited => waited;

    public void Dispose() => Interlocked.Exchange(ref _turn, null)?.Release();
}

using Etl.Loader.Ledger;
using Npgsql;

namespace Etl.Loader.Queue.Lanes;

/// <summary>
/// Proves on the lock's own connection, every few seconds, that this process lives and holds the lane; what people wish of the lane comes
/// back with the answer. The first failure cancels <paramref name="lost"/>.
/// </summary>
/// <param name="waits">What the lane waits for at the time of a beat, which tells it: a word that could not be written, or taken back, is put right by the next.</param>
internal sealed class LanePulse(
    LaneLock laneLock, string target, Guid holder, Func<string?> waits, LaneOptions options, Liveness.Loop alive, TimeProvider time, CancellationTokenSource lost)
{
    private volatile TaskCompletionSource _early = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _lost;

    public LaneWish Wish { get; private set; }

    public string? LostBecause { get; private set; }

    /// <summary>Beats until the token fires; the first beat is done on return of the first await.</summary>
    public async Task RunAsync(CancellationToken token)
    {
        while (!_lost && !token.IsCancellationRequested && await IsHeldAsync(token))
        {
            alive.Turn();
            await _early.Task.WaitAsync(options.Heartbeat, time, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The next beat comes now: there is something to tell.</summary>
    public void Hasten() => _early.TrySetResult();

    /// <summary>One beat, now.</summary>
    public Task<bool> IsHeldAsync(CancellationToken token)
    {
        // Before the beat reads what there is to tell: what comes up after that hastens the next one.
        _early = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return ProveAsync((connection, t, h, stop) => LaneLedger.HeartbeatAsync(connection, t, h, waits(), stop), token);
    }

    /// <summary>As a beat, without its write.</summary>
    public Task<bool> IsStillHeldAsync(CancellationToken token) => ProveAsync(LaneLedger.AskAsync, token);

    private async Task<bool> ProveAsync(Func<NpgsqlConnection, string, Guid, CancellationToken, Task<LaneWish?>> ask, CancellationToken token)
    {
        if (_lost)
        {
            return false;
        }

        try
        {
            var wish = await laneLock.ProveAsync((connection, t) => ask(connection, target, holder, t), token);
            if (wish is { } known)
            {
                Wish = known;
                return true;
            }

            Lose("the ledger names another holder");
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Npgsql ends the statement, not the session; but then the session's answer is not known either.
            return !_lost;
        }
        catch (Exception fault) when (fault is NpgsqlException or InvalidOperationException or ObjectDisposedException or OperationCanceledException)
        {
            Lose(fault.Message);
        }

        return false;
    }

    private void Lose(string reason)
    {
        LostBecause ??= reason;
        _lost = true;
        try
        {
            lost.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The hold has ended already.
        }
    }
}

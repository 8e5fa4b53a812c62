using Etl.Loader.Ledger;
using Npgsql;

namespace Etl.Loader.Queue.Lanes;

/// <summary>
/// Proves on the lock's own connection, every few seconds, that this process lives and holds the lane; what people wish of the lane comes
/// back with the answer. The first failure cancels <paramref name="lost"/>.
/// </summary>
/// <param name="reports">What each beat reports: a report that could not be written, or withdrawn, is put right by the next beat.</param>
internal sealed class LanePulse(
    LaneLock laneLock, string target, Guid holder, LaneReports reports, LaneOptions options, Liveness.Loop alive, TimeProvider time, CancellationTokenSource lost)
    : ILaneRight
{
    private volatile bool _lost;

    public PauseRequest Wish { get; private set; }

    public string? LostBecause { get; private set; }

    /// <summary>Beats until the token fires; the first beat is done on return of the first await.</summary>
    public async Task RunAsync(CancellationToken token)
    {
        while (!_lost && !token.IsCancellationRequested && await IsHeldAsync(token))
        {
            alive.Turn();
            await reports.News.WaitAsync(options.Heartbeat, time, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One beat, now.</summary>
    public Task<bool> IsHeldAsync(CancellationToken token)
    {
        var waits = reports.Take();
        return ProveAsync((connection, t, h, stop) => LaneLedger.HeartbeatAsync(connection, t, h, waits, stop), token);
    }

    /// <summary>As a beat, without its write.</summary>
    public Task<bool> IsStillHeldAsync(CancellationToken token) => ProveAsync(LaneLedger.AskAsync, token);

    private async Task<bool> ProveAsync(Func<NpgsqlConnection, string, Guid, CancellationToken, Task<PauseRequest?>> ask, CancellationToken token)
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

using System.Diagnostics.CodeAnalysis;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Targets;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Etl.Loader.Queue.Lanes;

/// <summary>
/// The single-worker queue of one target, as one process takes part in it: it stands by until it has the lane's lock, takes the target's
/// epoch, releases what its predecessor left, and runs one Hangfire server until it loses the lock, is paused or stops. Losing the lock
/// never aborts the load under way: the epoch decides whether that may still write.
/// </summary>
[SuppressMessage(
    "Design", "CA1001:Types that own disposable fields should be disposable",
    Justification = "RunAsync ends the server; a load that would not let go still gives its turn back, so the semaphore, which holds no handle, stays.")]
internal sealed class Lane(
    ILoadTarget target,
    QueueDatabase database,
    LaneParts parts,
    ILoadRunner runner,
    ILoadLedger ledger,
    LaneOptions options,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>Each question to the queue database has a limit of seconds.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Liveness.Loop _alive = parts.Liveness.Begin("lane", target.Name, LongestSilence);
    private readonly Guid _id = Guid.CreateVersion7(time.GetUtcNow());
    private LaneServer? _server;
    private LanePulse? _pulse;
    private volatile string? _waits;
    private string? _lockedOut;
    private string? _logged;
    private bool _hangs;

    /// <summary>Runs until stopped; on return nothing of the lane runs in this process, unless the load under way would not let go.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var pause = options.Poll;
        while (!stopping.IsCancellationRequested)
        {
            _alive.Turn();
            try
            {
                await using var laneLock = await WinAsync(stopping);
                pause = options.Poll;
                await HoldAsync(laneLock, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                await LetGoAsync();
                SayLocally(fault is LoaderException { Hint: { } hint } ? $"{fault.Message} {hint}" : FaultTriage.QueueWords(fault), FaultTriage.IsQueueOutage(fault));
                await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, options.ProbeLimit.Ticks));
            }
        }

        _alive.Dispose();
        await StopServerAsync(CancellationToken.None);
    }

    /// <summary>Stands by until the lock is ours.</summary>
    private async Task<LaneLock> WinAsync(CancellationToken stopping)
    {
        var laneLock = await LaneLock.OpenAsync(database, target.Name, stopping);
        try
        {
            Guid? told = null;
            while (!await laneLock.TryTakeAsync(stopping))
            {
                var holder = await parts.Lanes.FindHolderAsync(target.Name, stopping);
                if (holder is not null && holder.HolderId != _id)
                {
                    if (told != holder.HolderId)
                    {
                        told = holder.HolderId;
                        Log.LaneStandsBy(logger, target.Name, holder.Holder);
                    }

                    if (holder.Silent > options.HolderSilence
                        && await laneLock.EndSilentHolderAsync(holder.HolderId, options.HolderSilence, stopping))
                    {
                        Log.SilentHolderEnded(logger, target.Name, holder.Holder, holder.Silent);
                    }
                }

                var reported = holder is not null && holder.HolderId != _id && holder.Silent <= options.HolderSilence;
                if (await laneLock.FindStrangerAsync(reported, options.HolderSilence, time, stopping) is { } stranger)
                {
                    await SayStrangerAsync(stranger, stopping);
                }

                await ReportDrainingAsync(stopping);
                await LetGoAsync();
                _alive.Turn();
                await Task.Delay(options.Poll, time, stopping);
            }

            return laneLock;
        }
        catch
        {
            await laneLock.DisposeAsync();
            throw;
        }
    }

    private async Task HoldAsync(LaneLock laneLock, CancellationToken stopping)
    {
        _lockedOut = null;
        var left = await WaitForPredecessorAsync(laneLock, stopping);
        await parts.Lanes.ClaimAsync(target.Name, _id, options.HolderSilence, stopping);
        using var ended = new CancellationTokenSource();
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var pulse = new LanePulse(laneLock, target.Name, _id, () => _waits, options, _alive, time, lost);
        _pulse = pulse;
        var beating = Task.CompletedTask;
        try
        {
            // The first beat also tells whether the lane is paused.
            await pulse.IsHeldAsync(stopping);
            beating = pulse.RunAsync(ended.Token);
            await ServeAsync(pulse, left, lost.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            Log.LaneLost(logger, target.Name, pulse.LostBecause ?? "its lock is gone");
        }
        finally
        {
            _server?.StopFetching();
            if (stopping.IsCancellationRequested)
            {
                // The lock and its heartbeat are kept meanwhile: nobody takes over a lane that is being handed back in order.
                await StopServerAsync(CancellationToken.None);
                await ReleaseAsync();
            }

            _pulse = null;
            await ended.CancelAsync();
            await beating;
        }
    }

    /// <summary>
    /// A holder that lost its lock but lives, and says so, finishes its load first; its own process counts too. One whose sessions are gone
    /// is not waited for. Returns how it left what it had begun.
    /// </summary>
    private async Task<LeftBehind> WaitForPredecessorAsync(LaneLock laneLock, CancellationToken stopping)
    {
        while (_server is { Drained: false })
        {
            await ReportDrainingAsync(stopping);
            _alive.Turn();
            await _server.DrainAsync(options.Heartbeat, time, stopping);
        }

        await DropDrainedAsync();
        while (true)
        {
            var holder = await parts.Lanes.FindHolderAsync(target.Name, stopping);
            if (holder is not { Loading: true, Connected: true } || holder.HolderId == _id || holder.Silent > options.HolderSilence)
            {
                return holder?.Left ?? LeftBehind.ByTakeover;
            }

            SayLocally($"{holder.Holder} finishes its load");
            _alive.Turn();
            await Task.Delay(options.Poll, time, stopping);

            // No pulse beats yet. Without the lock this process must let go of the target, for which the other may be waiting.
            await laneLock.ProveAsync(stopping);
        }
    }

    /// <summary>Returns when the target must be taken again: its epoch is another one, though this process has the lane. It was restored or replaced.</summary>
    private async Task ServeAsync(LanePulse pulse, LeftBehind left, CancellationToken token)
    {
        var upkeep = new LaneUpkeep(target, parts, _turn, options, time, logger);
        var epoch = await TakeTargetAsync(upkeep, token);
        var released = await parts.Takeover.TakeAsync(target.Name, _id, epoch, left, token);
        Log.LaneTaken(logger, target.Name, epoch, released);
        var hold = new LaneHold(target, epoch, SayWaits);
        try
        {
            while (_server is not { Desk.Fenced: true })
            {
                await ObeyAsync(pulse, hold);
                await upkeep.RoundAsync(epoch, token);
                await Task.Delay(options.Poll, time, token);
            }
        }
        catch (FencedException)
        {
            // As a load would have found.
        }

        Log.LaneTakenAgain(logger, target.Name, epoch);
    }

    /// <summary>Starts and stops the server as people wish.</summary>
    private async Task ObeyAsync(LanePulse pulse, LaneHold hold)
    {
        if (pulse.Wish.Paused && _server is not null)
        {
            if (!_server.Stopping)
            {
                Log.LanePaused(logger, target.Name);
                _server.StopFetching();
            }

            if (pulse.Wish.Now)
            {
                _server.Desk.WindUp("Handed back: the lane was paused.", options.ChunkGrace);
            }
        }

        await DropDrainedAsync();
        if (!pulse.Wish.Paused && _server is null)
        {
            Log.LaneTakesLoads(logger, target.Name);
            _server = new LaneServer(parts.Hangfire, new LaneDesk(hold, _turn, t => MayBeginAsync(pulse, t), time), runner, ledger, options, time, logger);
        }
    }

    /// <summary>
    /// Asked by each job before it begins: a pause holds from the moment it was said, not from the next heartbeat, and nothing begins under an epoch that a
    /// load found to be over. The server stops fetching within a poll; a load handed back before that would only be fetched again, so it waits here.
    /// </summary>
    private async Task<bool> MayBeginAsync(LanePulse pulse, CancellationToken token)
    {
        var held = await pulse.IsStillHeldAsync(token);
        if (held && (pulse.Wish.Paused || _server is { Desk.Fenced: true }))
        {
            await Task.Delay(options.Poll * 2, time, token);
            return false;
        }

        return held;
    }

    private async Task<long> TakeTargetAsync(LaneUpkeep upkeep, CancellationToken token)
    {
        var installation = await parts.Inboxes.InstallationAsync(token);
        var pause = options.Poll;
        while (true)
        {
            try
            {
                await target.ProbeAsync(token);
                var above = await parts.Lanes.EpochAsync(target.Name, token);
                var published = await parts.Lanes.HasPublishedAsync(target.Name, token);
                var epoch = await target.TakeLaneAsync(new LaneClaim(installation, QueueDatabase.Holder, above, published), token);
                await upkeep.BeginAsync(token);
                SayWaits(null);
                return epoch;
            }
            catch (Exception fault) when (!token.IsCancellationRequested)
            {
                SayWaits(FaultTriage.LaneWords(fault, target));
            }

            await Task.Delay(pause, time, token);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, options.ProbeLimit.Ticks));
        }
    }

    /// <summary>
    /// Without the lock and with nothing running: the target is free for whoever holds the lane now. A process that lost the lock while it was
    /// frozen or cut off may live on for weeks.
    /// </summary>
    private async Task LetGoAsync()
    {
        await DropDrainedAsync();
        if (_server is null)
        {
            await target.ReleaseLaneAsync();
        }
    }

    private async Task DropDrainedAsync()
    {
        if (_server is { Drained: true })
        {
            await _server.DisposeAsync();
            _server = null;
        }
    }

    /// <summary>Also gives up the target, unless a load is still in it: the process may have other lanes to end, or go on without this one.</summary>
    private async Task StopServerAsync(CancellationToken token)
    {
        if (_server is { } server)
        {
            server.StopFetching();
            server.Desk.WindUp("Handed back: the process shuts down.", options.ChunkGrace);
            _hangs = !await server.DrainAsync(options.Shutdown, time, token);
            if (_hangs)
            {
                Log.DrainTooLong(logger, target.Name, options.Shutdown);
            }

            await server.DisposeAsync();
            _server = null;
        }

        if (!_hangs)
        {
            await target.ReleaseLaneAsync();
        }
    }

    private async Task ReleaseAsync()
    {
        try
        {
            await parts.Lanes.ReleaseAsync(target.Name, _id, CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            // The lock goes with its session; the row only tells people.
        }
    }

    /// <summary>While a load goes on without the lock, others see that its process lives.</summary>
    private async Task ReportDrainingAsync(CancellationToken token)
    {
        if (_server is { Drained: false })
        {
            await parts.Lanes.HeartbeatAsync(target.Name, _id, _waits, token);
        }
    }

    /// <param name="passes">False: waiting will not end it.</param>
    private void SayLocally(string reason, bool passes = true)
    {
        if (reason == _logged)
        {
            return;
        }

        _logged = reason;
        if (passes)
        {
            Log.LaneWaits(logger, target.Name, reason);
        }
        else
        {
            Log.LaneRefused(logger, target.Name, reason);
        }
    }

    /// <summary>For <c>status</c>: until the lock is ours, this is what the lane waits for. No beat of ours reports it.</summary>
    private async Task SayStrangerAsync(LockHolder stranger, CancellationToken token)
    {
        var reason = $"queue database: {stranger} holds the lock of this lane and is not a loader that reports. {stranger.ToDo}";
        if (reason != _lockedOut)
        {
            Log.LockTaken(logger, target.Name, stranger.ToString(), stranger.ToDo);
            await parts.Lanes.SayLockedOutAsync(target.Name, reason, token);
            _lockedOut = reason;
        }
    }

    /// <summary>The truth is here; the pulse tells it, at once where it can and else with the first beat that gets through.</summary>
    private void SayWaits(string? waitsFor)
    {
        if (waitsFor is null)
        {
            _logged = null;
        }
        else
        {
            SayLocally(waitsFor);
        }

        if (waitsFor != _waits)
        {
            _waits = waitsFor;
            _pulse?.Hasten();
        }
    }
}

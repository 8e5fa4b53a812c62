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
internal sealed class Lane(
    ILoadTarget target,
    QueueDatabase database,
    LaneParts parts,
    LaneReports reports,
    LaneWork work,
    LaneOptions options,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>Each question to the queue database has a limit of seconds.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(5);

    private readonly Liveness.Loop _alive = parts.Liveness.Begin("lane", target.Name, LongestSilence);
    private readonly Guid _id = Guid.CreateVersion7(time.GetUtcNow());

    public static Lane Create(
        ILoadTarget target, QueueDatabase database, LaneParts parts, ILoadRunner runner, ILoadLedger ledger, LaneOptions options, TimeProvider time, ILogger logger)
    {
        var reports = new LaneReports(target.Name, parts.Lanes, time, logger);
        return new Lane(target, database, parts, reports, new LaneWork(target, parts, reports, runner, ledger, options, time, logger), options, time, logger);
    }

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
                await work.LetGoAsync();
                reports.ReportLocally(fault is LoaderException { Hint: { } hint } ? $"{fault.Message} {hint}" : FaultTriage.QueueWords(fault), FaultTriage.IsQueueOutage(fault));
                await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, options.ProbeLimit.Ticks));
            }
        }

        _alive.Dispose();
        await work.StopAsync(CancellationToken.None);
    }

    /// <summary>Stands by until the lock is ours.</summary>
    private async Task<LaneLock> WinAsync(CancellationToken stopping)
    {
        var laneLock = await LaneLock.OpenAsync(database, target.Name, stopping);
        try
        {
            Guid? named = null;
            while (!await laneLock.TryTakeAsync(stopping))
            {
                var holder = await parts.Lanes.FindHolderAsync(target.Name, stopping);
                if (holder is not null && holder.HolderId != _id)
                {
                    if (named != holder.HolderId)
                    {
                        named = holder.HolderId;
                        Log.LaneStandsBy(logger, target.Name, holder.Holder);
                    }

                    if (holder.IsSilent(options.HolderSilence) && await laneLock.EndSilentHolderAsync(holder.HolderId, options.HolderSilence, stopping))
                    {
                        Log.SilentHolderEnded(logger, target.Name, holder.Holder, holder.Silence);
                    }
                }

                var reported = holder is not null && holder.HolderId != _id && !holder.IsSilent(options.HolderSilence);
                if (await laneLock.FindStrangerAsync(reported, options.HolderSilence, time, stopping) is { } stranger)
                {
                    await reports.ReportLockedOutAsync(stranger, stopping);
                }

                await ReportDrainingAsync(stopping);
                await work.LetGoAsync();
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
        reports.ReportLockedIn();
        var left = await WaitForPredecessorAsync(laneLock, stopping);
        await parts.Lanes.ClaimAsync(target.Name, _id, options.HolderSilence, stopping);
        using var ended = new CancellationTokenSource();
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var pulse = new LanePulse(laneLock, target.Name, _id, reports, options, _alive, time, lost);
        var beating = Task.CompletedTask;
        try
        {
            // The first beat also shows whether the lane is paused.
            await pulse.IsHeldAsync(stopping);
            beating = pulse.RunAsync(ended.Token);
            await ServeAsync(pulse, left, lost.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            Log.LaneLost(logger, target.Name, pulse.LostBecause ?? "its lock was lost");
        }
        finally
        {
            work.StopFetching();
            if (stopping.IsCancellationRequested)
            {
                // The lock and its heartbeat are kept meanwhile: no one takes over a lane that is being handed back in order.
                await work.StopAsync(CancellationToken.None);
                await ReleaseAsync();
            }

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
        while (work.Draining)
        {
            await ReportDrainingAsync(stopping);
            _alive.Turn();
            await work.DrainAsync(stopping);
        }

        await work.DropDrainedAsync();
        while (true)
        {
            var holder = await parts.Lanes.FindHolderAsync(target.Name, stopping);
            if (holder is not { Loading: true, Connected: true } || holder.HolderId == _id || holder.IsSilent(options.HolderSilence))
            {
                return holder?.Left ?? LeftBehind.ByTakeover;
            }

            reports.ReportLocally($"{holder.Holder} is finishing its load");
            _alive.Turn();
            await Task.Delay(options.Poll, time, stopping);

            // No pulse beats yet. Without the lock this process must let go of the target, for which the other may be waiting.
            await laneLock.ProveAsync(stopping);
        }
    }

    /// <summary>Returns when the target must be taken again: its epoch is another one, though this process has the lane. It was restored or replaced.</summary>
    private async Task ServeAsync(LanePulse pulse, LeftBehind left, CancellationToken token)
    {
        var upkeep = new LaneUpkeep(target, parts, work.Turn, options, time, logger);
        var epoch = await TakeTargetAsync(upkeep, token);
        var released = await parts.Takeover.TakeAsync(target.Name, _id, epoch, left, token);
        Log.LaneTaken(logger, target.Name, epoch, released);
        try
        {
            while (!work.Fenced)
            {
                await work.ApplyPauseAsync(pulse, epoch);
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
                reports.ReportWait(null);
                return epoch;
            }
            catch (Exception fault) when (!token.IsCancellationRequested)
            {
                reports.ReportWait(FaultTriage.LaneWords(fault, target));
            }

            await Task.Delay(pause, time, token);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, options.ProbeLimit.Ticks));
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
            // The lock goes with its session; the row only informs people.
        }
    }

    /// <summary>While a load continues without the lock, others see that its process lives.</summary>
    private async Task ReportDrainingAsync(CancellationToken token)
    {
        if (work.Draining)
        {
            await parts.Lanes.HeartbeatAsync(target.Name, _id, reports.Waits, token);
        }
    }
}

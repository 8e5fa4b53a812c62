using Etl.Loader.Ledger;
using Etl.Loader.Targets;
using Etl.Loader.Telemetry;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Loads;

/// <summary>
/// Runs a load's attempt under a lane: first what is done already (outcome, receipt), then the way of the load, waiting wherever something
/// it needs is away. Every exception becomes one of five dispositions here, and nowhere else.
/// </summary>
internal sealed class LoadRunner(
    ILoadLedger ledger,
    LoadAttempt way,
    LoadTelling telling,
    MarkerWriting markers,
    OutageWait outage,
    KillCheck kills,
    ProcessEnd end,
    LoadOptions options,
    RetentionOptions retention,
    TimeProvider time,
    ILogger<LoadRunner> logger) : ILoadRunner
{
    public async Task<RunResult> RunAsync(LoadRecord load, LaneHold lane, CancellationToken token)
    {
        using var measure = new AttemptMeasure(load, time);
        var result = await RunAsync(load, lane, measure, token);
        measure.End(result);
        return result;
    }

    private async Task<RunResult> RunAsync(LoadRecord load, LaneHold lane, AttemptMeasure measure, CancellationToken token)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(token, lane.WindUp);
        await markers.WrittenAsync(load.Spec).WaitAsync(waiting.Token);
        var attempt = await BeginAsync(load.Id, lane, waiting.Token, token);
        if (attempt is null)
        {
            return new RunResult(RunDisposition.Done, $"The load has an outcome already, or another process holds lane {lane.Target.Name}; nothing was done.");
        }

        try
        {
            return await AttemptAsync(load, attempt, lane, measure.Stages, waiting.Token, token);
        }
        catch (OperationCanceledException) when (waiting.IsCancellationRequested)
        {
            return await telling.InterruptedAsync(load, attempt);
        }
    }

    /// <param name="waiting">Ends a wait for something that is away, as soon as the load is to wind up.</param>
    private async Task<RunResult> AttemptAsync(
        LoadRecord load, AttemptKey attempt, LaneHold lane, StageMeasure stages, CancellationToken waiting, CancellationToken token)
    {
        var bytes = load.Spec.Files.Sum(f => f.Bytes);
        var stall = new StallWatch(load.Id, options, end, time);
        await using var progress = new AttemptProgress(attempt, ledger, bytes, options.ProgressInterval, time, logger, token, stall, stages);
        for (var full = 0; ;)
        {
            TargetFault? fault = null;
            try
            {
                stall.Begin();
                var receipt = await FindProofAsync(load, lane, progress.Token);
                if (receipt is null)
                {
                    await kills.VerifyAsync(load, attempt, lane, token);
                    fault = await SpaceCheck.FindShortageAsync(load, lane.Target, token);
                }

                if (fault is null)
                {
                    var outcome = receipt is null ? await way.RunAsync(load, attempt, lane, progress) : new PublishOutcome(receipt, null);
                    stall.Rest();
                    return outcome.Receipt is { } published
                        ? await telling.LoadedAsync(load, attempt, published, token)
                        : await telling.SupersededAsync(load, attempt, outcome.SupersededBy!.Value, token);
                }

                stall.Rest();
            }
            catch (WoundUpException)
            {
                throw;
            }
            catch (Exception exception) when (token.IsCancellationRequested)
            {
                // Drivers wrap a cancellation in errors of their own; a shutdown must never look like a failure.
                throw new OperationCanceledException("The process is stopping.", exception, token);
            }
            catch (Exception) when (progress.Standing == AttemptStanding.Lost)
            {
                return new RunResult(RunDisposition.Fenced, "A later attempt owns the load.") { Outcome = AttemptOutcome.Fenced };
            }
            catch (Exception exception)
            {
                stall.Rest();
                progress.ForgetWait();
                stages.Fail(exception.Message);
                if (progress.Standing == AttemptStanding.CancelRequested)
                {
                    // A receipt beats a cancel: look once more before believing that nothing was published.
                    return await CancelAsync(load, attempt, lane, exception, token);
                }

                fault = stall.Stalled ? Stalled(load, stall) : FaultTriage.Of(exception, lane.Target);
                if (fault.Kind != FaultKind.Outage)
                {
                    return await SettleAsync(load, attempt, lane, fault, exception, progress, token);
                }
            }

            await outage.RunAsync(load, attempt, lane, fault, full, waiting);
            full += fault.Full ? 1 : 0;
        }
    }

    private static TargetFault Stalled(LoadRecord load, StallWatch stall) => new(
        FaultKind.Transient,
        $"{load.Spec.Dataset}: no progress for {stall.Limit}.",
        "See whether the inbox's file system and the target still answer; Loader:Loads:StallLimit says how long is too long.");

    private async Task<RunResult> SettleAsync(
        LoadRecord load, AttemptKey attempt, LaneHold lane, TargetFault fault, Exception exception, AttemptProgress progress, CancellationToken token)
    {
        if (fault.Kind == FaultKind.Fenced)
        {
            Log.Fenced(logger, load.Id, load.Spec.Dataset, load.Spec.Target, exception.Message);
            return new RunResult(RunDisposition.Fenced, exception.Message) { Outcome = AttemptOutcome.Fenced };
        }

        await FaultTriage.IgnoringQueueOutageAsync(() => progress.WriteStageAsync(token), load.Id, logger);
        if (fault.Kind == FaultKind.Busy)
        {
            return await telling.SetBackAsync(load, attempt, fault, token);
        }

        if (fault.Kind != FaultKind.Data && telling.NextPause(load) is { } pause)
        {
            return await telling.RetryAsync(load, attempt, fault, pause, token);
        }

        if (retention.FailedStaging <= TimeSpan.Zero || !await HasCheckpointsAsync(load, lane, token))
        {
            await Leftovers.TryDropAsync(load.Id, lane, logger, token);
        }

        return await telling.FailedAsync(load, attempt, fault, exception, token);
    }

    private async Task<RunResult> CancelAsync(LoadRecord load, AttemptKey attempt, LaneHold lane, Exception exception, CancellationToken token)
    {
        if (await FindProofAsync(load, lane, token) is { } receipt)
        {
            return await telling.LoadedAsync(load, attempt, receipt, token);
        }

        Log.Cancelled(logger, load.Id, load.Spec.Dataset, load.Spec.Target, exception.GetType().Name);
        await Leftovers.TryDropAsync(load.Id, lane, logger, token);
        return await telling.CancelledAsync(load, attempt, token);
    }

    /// <summary>
    /// Nothing may begin without the ledger: waits until the queue database answers. It may be another one then, restored from a backup, and the lane
    /// another's, whose attempt this one would stand beside.
    /// </summary>
    private async Task<AttemptKey?> BeginAsync(LoadId load, LaneHold lane, CancellationToken waiting, CancellationToken token)
    {
        for (var away = false; ; away = true)
        {
            try
            {
                if (away)
                {
                    await ledger.FindAsync(load, token);
                    await lane.Confirm(token);
                }

                return await ledger.BeginAttemptAsync(load, lane.Epoch, token);
            }
            catch (Exception exception) when (FaultTriage.IsQueueOutage(exception) && !waiting.IsCancellationRequested)
            {
                Log.QueueAway(logger, load, exception);
                await Task.Delay(options.OutageProbe, time, waiting);
            }
        }
    }

    /// <summary>What a requeue would go on from. A target that cannot be asked is left as it is: a later round of cleaning decides.</summary>
    private async Task<bool> HasCheckpointsAsync(LoadRecord load, LaneHold lane, CancellationToken token)
    {
        try
        {
            return await lane.Target.CountCheckpointsAsync(load.Id, token) > 0;
        }
        catch (Exception exception) when (!token.IsCancellationRequested)
        {
            Log.StagingLeft(logger, load.Id, lane.Target.Name, exception);
            return true;
        }
    }

    /// <summary>The receipt that proves this load done; one of another dataset or table proves nothing.</summary>
    private static async Task<LoadReceipt?> FindProofAsync(LoadRecord load, LaneHold lane, CancellationToken token) =>
        await lane.Target.FindReceiptAsync(load.Id, token) is { } receipt
        && receipt.Dataset == load.Spec.Dataset
        && receipt.TableName == new TableName(load.Spec.TableSchema ?? lane.Target.DefaultSchema, load.Spec.TableName).ToString()
            ? receipt
            : null;
}

using Etl.Loader.Ledger;
using Etl.Loader.Targets;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Loads;

/// <summary>
/// Runs a load's attempt under a lane: first what is done already (outcome, receipt), then the way of the load, waiting wherever something
/// it needs is away. Every exception becomes one of five dispositions here, and nowhere else.
/// </summary>
internal sealed class LoadRunner(
    ILoadLedger ledger, LoadAttempt way, LoadTelling telling, LoadOptions options, TimeProvider time, ILogger<LoadRunner> logger) : ILoadRunner
{
    public async Task<RunResult> RunAsync(LoadRecord load, LaneHold lane, CancellationToken token)
    {
        var attempt = await WithQueueAsync(() => ledger.BeginAttemptAsync(load.Id, lane.Epoch, token), load.Id, token);
        if (attempt is null)
        {
            return new RunResult(RunDisposition.Done, $"The load has an outcome already, or another process holds lane {lane.Target.Name}; nothing was done.");
        }

        try
        {
            return await AttemptAsync(load, attempt, lane, token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return await telling.InterruptedAsync(load, attempt);
        }
    }

    private async Task<RunResult> AttemptAsync(LoadRecord load, AttemptKey attempt, LaneHold lane, CancellationToken token)
    {
        var bytes = load.Spec.Files.Sum(f => f.Bytes);
        await using var progress = new AttemptProgress(attempt, ledger, bytes, options.ProgressInterval, time, logger, token);
        while (true)
        {
            try
            {
                var receipt = await lane.Target.FindReceiptAsync(load.Id, token);
                var outcome = receipt is not null && Proves(receipt, load, lane)
                    ? new PublishOutcome(receipt, null)
                    : await way.RunAsync(load, attempt, lane, progress);
                return outcome.Receipt is { } published
                    ? await telling.LoadedAsync(load, attempt, published, token)
                    : await telling.SupersededAsync(load, attempt, outcome.SupersededBy!.Value, token);
            }
            catch (Exception exception) when (token.IsCancellationRequested)
            {
                // Drivers wrap a cancellation in errors of their own; a shutdown must never look like a failure.
                throw new OperationCanceledException("The process is stopping.", exception, token);
            }
            catch (Exception) when (progress.Standing == AttemptStanding.Lost)
            {
                return new RunResult(RunDisposition.Fenced, "A later attempt owns the load.");
            }
            catch (Exception exception) when (progress.Standing == AttemptStanding.CancelRequested)
            {
                // A receipt beats a cancel: look once more before believing that nothing was published.
                return await CancelAsync(load, attempt, lane, exception, token);
            }
            catch (Exception exception)
            {
                var fault = FaultTriage.Of(exception, lane.Target);
                if (fault.Kind != FaultKind.Outage)
                {
                    return await SettleAsync(load, attempt, lane, fault, exception, progress, token);
                }

                await WaitOutAsync(attempt, lane, fault, token);
            }
        }
    }

    private async Task<RunResult> SettleAsync(
        LoadRecord load, AttemptKey attempt, LaneHold lane, TargetFault fault, Exception exception, AttemptProgress progress, CancellationToken token)
    {
        if (fault.Kind == FaultKind.Fenced)
        {
            Log.Fenced(logger, load.Id, load.Spec.Dataset, load.Spec.Target, exception.Message);
            return new RunResult(RunDisposition.Fenced, exception.Message);
        }

        await IgnoringOutage(() => progress.WriteStageAsync(token), load.Id);
        if (fault.Kind == FaultKind.Busy)
        {
            return await telling.SetBackAsync(load, attempt, fault, token);
        }

        if (fault.Kind != FaultKind.Data && load.Failures < options.Retries.Count)
        {
            return await telling.RetryAsync(load, attempt, fault, options.Retries[load.Failures], token);
        }

        await DropStagingAsync(load, lane, token);
        return await telling.FailedAsync(load, attempt, fault, exception, token);
    }

    private async Task<RunResult> CancelAsync(LoadRecord load, AttemptKey attempt, LaneHold lane, Exception exception, CancellationToken token)
    {
        var receipt = await lane.Target.FindReceiptAsync(load.Id, token);
        if (receipt is not null && Proves(receipt, load, lane))
        {
            return await telling.LoadedAsync(load, attempt, receipt, token);
        }

        Log.Cancelled(logger, load.Id, load.Spec.Dataset, load.Spec.Target, exception.GetType().Name);
        await DropStagingAsync(load, lane, token);
        return await telling.CancelledAsync(load, attempt, token);
    }

    /// <summary>Says what is away, to people and in the ledger, and looks at growing intervals until the target answers again.</summary>
    private async Task WaitOutAsync(AttemptKey attempt, LaneHold lane, TargetFault fault, CancellationToken token)
    {
        Log.Waiting(logger, attempt.Load, lane.Target.Name, fault.Reason);
        await SayAsync(fault.Reason);
        var pause = TimeSpan.FromMilliseconds(250);
        do
        {
            await Task.Delay(pause, time, token);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, options.OutageProbe.Ticks));
        }
        while (!await AnswersAsync(lane.Target, token));

        await SayAsync(null);

        async Task SayAsync(string? reason)
        {
            await IgnoringOutage(() => lane.SayWaits(reason, token), attempt.Load);
            await IgnoringOutage(() => ledger.SetWaitsForAsync(attempt, reason, token), attempt.Load);
        }
    }

    private static async Task<bool> AnswersAsync(ILoadTarget target, CancellationToken token)
    {
        try
        {
            await target.ProbeAsync(token);
            return true;
        }
        catch (Exception exception) when (!token.IsCancellationRequested && FaultTriage.Of(exception, target).Kind == FaultKind.Outage)
        {
            return false;
        }
    }

    /// <summary>Nothing may begin without the ledger: waits until the queue database answers.</summary>
    private async Task<T> WithQueueAsync<T>(Func<Task<T>> ask, LoadId load, CancellationToken token)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception exception) when (FaultTriage.IsQueueOutage(exception) && !token.IsCancellationRequested)
            {
                Log.QueueAway(logger, load, exception);
                await Task.Delay(options.OutageProbe, time, token);
            }
        }
    }

    private async Task DropStagingAsync(LoadRecord load, LaneHold lane, CancellationToken token)
    {
        try
        {
            await lane.Target.DropStagingAsync(load.Id, lane.Epoch, token);
        }
        catch (Exception exception) when (!token.IsCancellationRequested)
        {
            // The lane's clean-up drops it later; the outcome must not wait for it.
            Log.StagingLeft(logger, load.Id, lane.Target.Name, exception);
        }
    }

    private async Task IgnoringOutage(Func<Task> say, LoadId load)
    {
        try
        {
            await say();
        }
        catch (Exception exception) when (FaultTriage.IsQueueOutage(exception))
        {
            Log.QueueAway(logger, load, exception);
        }
    }

    private static bool Proves(LoadReceipt receipt, LoadRecord load, LaneHold lane) =>
        receipt.Dataset == load.Spec.Dataset
        && receipt.TableName == new TableName(load.Spec.TableSchema ?? lane.Target.DefaultSchema, load.Spec.TableName).ToString();
}

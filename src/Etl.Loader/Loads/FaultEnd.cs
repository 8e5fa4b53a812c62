using Etl.Loader.Faults;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Targets;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Loads;

/// <summary>How an attempt ends by a fault that waiting does not cure, or by a cancel, and what becomes of what it staged.</summary>
internal sealed class FaultEnd(
    IInboxes inboxes, NewerDelivery newer, LoadOptions options, RetentionOptions retention, TimeProvider time, ILogger<FaultEnd> logger)
{
    public async Task<AttemptEnd> EndAsync(
        LoadRecord load, LaneHold lane, TargetFault fault, Exception exception, AttemptProgress progress, CancellationToken token)
    {
        if (fault.Kind == FaultKind.Fenced)
        {
            Log.Fenced(logger, load.Id, load.Spec.Dataset, load.Spec.Target, exception.Message);
            return new AttemptEnd.Fenced(exception.Message);
        }

        await FaultTriage.IgnoringQueueOutageAsync(() => progress.WriteStageAsync(token), load.Id, logger);
        if (fault.Kind == FaultKind.Busy)
        {
            return new AttemptEnd.SetBack(time.GetUtcNow() + options.SetBackPause, fault);
        }

        if (fault.Kind != FaultKind.Data && NextPause(load) is { } pause)
        {
            return new AttemptEnd.RetryAt(time.GetUtcNow() + pause, fault);
        }

        if (fault.Kind == FaultKind.Data && await newer.FindAsync(load, token) is { } redelivery)
        {
            await Leftovers.TryDropAsync(load.Id, lane, logger, token);
            return redelivery.By is { } by
                ? new AttemptEnd.Superseded(by, Replaced: true)
                : new AttemptEnd.SetBack(time.GetUtcNow() + options.SetBackPause, Awaited(load.Spec));
        }

        if (retention.FailedStaging <= TimeSpan.Zero || !await HasCheckpointsAsync(load, lane, token))
        {
            await Leftovers.TryDropAsync(load.Id, lane, logger, token);
        }

        return new AttemptEnd.Failed(Named(fault, load), (exception as DatasetException)?.Line, exception);
    }

    private TargetFault Awaited(LoadSpec spec) => new(
        FaultKind.Busy,
        $"{spec.Dataset}: its data changed after the load was accepted; waiting for the trigger of the new delivery.",
        $"The new trigger supersedes this load. Without one it fails once the data has been unchanged for {SettingLimits.Text(options.RedeliveryPatience)} ({LoadOptions.Section}:{nameof(options.RedeliveryPatience)}).");

    /// <summary>A receipt beats a cancel.</summary>
    public async Task<AttemptEnd> CancelAsync(LoadRecord load, LaneHold lane, Exception exception, CancellationToken token)
    {
        if (await Proof.FindAsync(load, lane, token) is { } receipt)
        {
            return new AttemptEnd.Loaded(receipt);
        }

        Log.Cancelled(logger, load.Id, load.Spec.Dataset, load.Spec.Target, exception.GetType().Name);
        await Leftovers.TryDropAsync(load.Id, lane, logger, token);
        return new AttemptEnd.Cancelled();
    }

    /// <summary>The pause before the load's next attempt, by its inbox or for all; null when it has used them up.</summary>
    private TimeSpan? NextPause(LoadRecord load)
    {
        var pauses = inboxes.RetryDelays(load.Spec.Inbox) ?? options.Retries;
        return load.Failures < pauses.Count ? pauses[load.Failures] : null;
    }

    /// <summary>A message is read away from its load, in a mail or a log: it names the dataset itself.</summary>
    private static TargetFault Named(TargetFault fault, LoadRecord load) =>
        fault.Reason.Contains(Path.GetFileName(load.Spec.Dataset), StringComparison.Ordinal)
            ? fault
            : fault with { Reason = $"{load.Spec.Dataset}: {fault.Reason}" };

    /// <summary>What a requeue would resume from. A target that cannot be asked is left as it is: a later round of cleaning decides.</summary>
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
}

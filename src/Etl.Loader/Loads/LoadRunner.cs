using Etl.Loader.Faults;
using Etl.Loader.Ledger;
using Etl.Loader.Targets;
using Etl.Loader.Telemetry;

namespace Etl.Loader.Loads;

/// <summary>
/// Runs an attempt of a load under a lane: first what is done already (outcome, receipt), then the path of the load, waiting wherever something
/// it needs is away. Every exception becomes one <see cref="AttemptEnd"/> here, and nowhere else.
/// </summary>
internal sealed class LoadRunner(
    AttemptStart start,
    LoadAttempt path,
    FaultEnd faults,
    OutcomeReporter reporter,
    MarkerWriter markers,
    OutageWait outage,
    KillCheck kills,
    TimeProvider time) : ILoadRunner
{
    public async Task<AttemptEnd> RunAsync(LoadRecord load, LaneHold lane, CancellationToken token)
    {
        using var measure = new AttemptMeasure(load, time);
        var end = await RunAsync(load, lane, measure, token);
        measure.End(end);
        return end;
    }

    private async Task<AttemptEnd> RunAsync(LoadRecord load, LaneHold lane, AttemptMeasure measure, CancellationToken token)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(token, lane.Desk.WindingUp);
        await markers.WrittenAsync(load.Spec).WaitAsync(waiting.Token);
        try
        {
            var attempt = await start.BeginAsync(load.Id, lane, waiting.Token, token);
            lane.Desk.ReportWait(null);
            return attempt is null ? new AttemptEnd.NotBegun() : await ReportedAsync(load, attempt, lane, measure, waiting.Token, token);
        }
        catch (Exception refusal) when (FaultTriage.IsQueueRefusal(refusal))
        {
            // Anyone who runs the lane tries again: people must see why it gets nowhere.
            lane.Desk.ReportWait(FaultTriage.QueueWords(refusal));
            throw;
        }
    }

    private async Task<AttemptEnd> ReportedAsync(
        LoadRecord load, AttemptKey attempt, LaneHold lane, AttemptMeasure measure, CancellationToken waiting, CancellationToken token)
    {
        try
        {
            var end = await EndOfAsync(load, attempt, lane, measure.Stages, waiting, token);
            return await reporter.ReportAsync(load, attempt, end, token);
        }
        catch (OperationCanceledException) when (waiting.IsCancellationRequested)
        {
            return await reporter.ReportAsync(load, attempt, new AttemptEnd.Interrupted(), CancellationToken.None);
        }
    }

    /// <param name="waiting">Ends a wait for something that is away, as soon as the load is to wind up.</param>
    private async Task<AttemptEnd> EndOfAsync(
        LoadRecord load, AttemptKey attempt, LaneHold lane, StageMeasure stages, CancellationToken waiting, CancellationToken token)
    {
        var stall = start.Watch(load.Id);
        await using var progress = start.Follow(load, attempt, stall, stages, token);
        Exception? cancelled = null;
        for (int full = 0, outages = 0; ; outages++)
        {
            TargetFault fault;
            Exception? cause = null;
            try
            {
                if (cancelled is not null)
                {
                    return await faults.CancelAsync(load, lane, cancelled, token);
                }

                stall.Begin();
                var (end, shortage) = await TryAsync(load, attempt, lane, progress, token);
                stall.Rest();
                if (end is not null)
                {
                    return end;
                }

                fault = shortage!;
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
                return new AttemptEnd.Fenced("A later attempt owns the load.");
            }
            catch (Exception thrown)
            {
                var exception = cause = progress.Refusal ?? thrown;
                stall.Rest();
                stages.Fail(exception.Message);
                if (cancelled is null && progress.Standing == AttemptStanding.CancelRequested)
                {
                    // A receipt beats a cancel: look again before believing that nothing was published, also through an outage.
                    cancelled = exception;
                    continue;
                }

                fault = stall.Stalled ? stall.Fault(load.Spec.Dataset) : FaultTriage.Of(exception, lane.Target);
                if (fault.Kind != FaultKind.Outage)
                {
                    return await faults.EndAsync(load, lane, fault, exception, progress, token);
                }
            }

            await outage.RunAsync(load, attempt, lane, progress, new Outage(fault, cause, outages, full), waiting);
            full += fault.Full ? 1 : 0;
        }
    }

    /// <summary>The attempt's end, or the shortage of space that it must wait for.</summary>
    private async Task<(AttemptEnd? End, TargetFault? Shortage)> TryAsync(
        LoadRecord load, AttemptKey attempt, LaneHold lane, AttemptProgress progress, CancellationToken token)
    {
        if (await Proof.FindAsync(load, lane, progress.Token) is { } receipt)
        {
            return (new AttemptEnd.Loaded(receipt), null);
        }

        await kills.VerifyAsync(load, attempt, lane, token);
        if (await SpaceCheck.FindShortageAsync(load, lane.Target, token) is { } shortage)
        {
            return (null, shortage);
        }

        var outcome = await path.RunAsync(load, attempt, lane, progress);
        return (outcome.Receipt is { } published ? new AttemptEnd.Loaded(published) : new AttemptEnd.Superseded(outcome.SupersededBy!.Value), null);
    }
}

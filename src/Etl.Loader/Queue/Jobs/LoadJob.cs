using System.Diagnostics;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Queue.Lanes;
using Hangfire;
using Hangfire.Server;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Queue.Jobs;

/// <summary>
/// The job of one load: makes sure that it may run, has it run, and reports to Hangfire how it ended.
/// </summary>
internal sealed class LoadJob(LaneHold hold, LaneDesk desk, ILoadRunner runner, ILoadLedger ledger, TimeProvider time, ILogger logger) : ILoadJob
{
    /// <summary>For a load set back, so that the lane continues with others meanwhile.</summary>
    private static readonly TimeSpan SetBackPause = TimeSpan.FromSeconds(5);

    /// <summary>For one that waits for another: people may have that one run sooner than it says.</summary>
    private static readonly TimeSpan LongestSetBack = TimeSpan.FromMinutes(1);

    public async Task RunAsync(Guid loadId, PerformContext? context, CancellationToken token)
    {
        var load = new LoadId(loadId);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token, desk.Aborted);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(either.Token, desk.WindingUp);
        try
        {
            using var turn = await desk.EnterAsync(waiting.Token);

            if (turn.Waited)
            {
                // A job deleted and requeued meanwhile is in the queue twice; this one may be stale. Asks the database.
                context?.CancellationToken.ThrowIfCancellationRequested();
            }

            // Asked side by side; where both fail, the turn's fault is the one that is thrown.
            var found = FindToRunAsync(load, either.Token);
            await Task.WhenAll(desk.ConfirmTurnAsync(either.Token), found);
            if (await found is { } record)
            {
                End(load, await runner.RunAsync(record, hold, either.Token), context, token);
            }
        }
        catch (OperationCanceledException) when (waiting.IsCancellationRequested && !IsAborted(context))
        {
            throw new LoadHandedBackException(desk.Target, null, desk.Reason);
        }
    }

    /// <summary>The load as the ledger has it; null where it has its outcome already.</summary>
    private async Task<LoadRecord?> FindToRunAsync(LoadId load, CancellationToken token)
    {
        var record = await ledger.FindAsync(load, token)
            ?? throw new LoadFailedException($"The ledger does not know load {load}: it was restored from an older backup, or the job was created by hand.");
        if (record.Spec.Target != desk.Target)
        {
            throw new LoadFailedException($"Load {load} belongs to lane {record.Spec.Target}. This job in lane {desk.Target} was not created by the loader and was not run.");
        }

        if (record.Status == LoadStatus.Cancelled)
        {
            throw new LoadCancelledException();
        }

        if (record.Status == LoadStatus.Retrying && record.NextAttemptAt is { } due && due > time.GetUtcNow() + SetBackPause)
        {
            throw new LoadRetryException(due, record.Error ?? "Waits for its scheduled time.");
        }

        if (record.Status.HasOutcome())
        {
            return null;
        }

        if (record.Spec.Mode == LoadMode.Append && await ledger.FindEarlierAsync(load, token) is { } earlier)
        {
            var now = time.GetUtcNow();
            var wait = Math.Clamp((earlier.NextAttemptAt - now)?.Ticks ?? 0, SetBackPause.Ticks, LongestSetBack.Ticks);
            throw new LoadHandedBackException(
                desk.Target,
                now.AddTicks(wait),
                $"Appends to one table keep their order: load {earlier.Load} was accepted before and has no outcome yet.");
        }

        return record;
    }

    /// <summary>The only place where the end of an attempt becomes one of a job.</summary>
    private void End(LoadId load, AttemptEnd end, PerformContext? context, CancellationToken token)
    {
        if (end is AttemptEnd.Loaded)
        {
            // The attempt still owned the load when it reported the outcome, so no one else's job is in the way of this one's end.
            return;
        }

        if (IsAborted(context))
        {
            throw new JobAbortedException();
        }

        var message = end.Message ?? "The load was set back.";
        switch (end)
        {
            case AttemptEnd.Superseded:
                return;
            case AttemptEnd.Cancelled:
                throw new LoadCancelledException();
            case AttemptEnd.Failed:
                throw new LoadFailedException(message);
            case AttemptEnd.RetryAt retry:
                throw new LoadRetryException(retry.At, message);
            case AttemptEnd.Fenced:
                desk.ReportFenced();

                // No change of state, and the row in the queue is the new holder's by now.
                throw new JobAbortedException();
            case AttemptEnd.Interrupted or AttemptEnd.SetBack when desk.WindingUp.IsCancellationRequested || token.IsCancellationRequested:
                throw new LoadHandedBackException(desk.Target, null, desk.Reason);
            case AttemptEnd.SetBack back:
                throw new LoadHandedBackException(desk.Target, back.At, message);
            case AttemptEnd.Interrupted:
                throw new LoadHandedBackException(desk.Target, time.GetUtcNow() + SetBackPause, message);
            case AttemptEnd.NotBegun:
                // The job's next run finds the outcome, or the lane's new holder runs it.
                Log.NoOutcome(logger, load, desk.Target);
                throw new LoadHandedBackException(desk.Target, time.GetUtcNow() + SetBackPause, message);
            default:
                throw new UnreachableException($"Attempts do not end as {end.GetType().Name}.");
        }
    }

    /// <summary>Whether the job's state was changed under it. Without context (a test) nothing can have.</summary>
    private static bool IsAborted(PerformContext? context)
    {
        if (context is null)
        {
            return false;
        }

        try
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            return false;
        }
        catch (JobAbortedException)
        {
            return true;
        }
        catch (Exception)
        {
            // A shutdown is not an abort; and while the queue database is away no one changed anything.
            return false;
        }
    }
}

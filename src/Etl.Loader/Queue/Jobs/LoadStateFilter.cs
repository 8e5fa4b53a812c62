using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Queue.Storage;
using Hangfire.States;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Queue.Jobs;

/// <summary>
/// Decides every change of a load's job: retries at the time the ledger says, never burns one for anything else, and lets people at
/// Hangfire's dashboard do only what the ledger allows.
/// </summary>
internal sealed class LoadStateFilter(
    LedgerActions actions,
    IFileRefresh refresh,
    TimeProvider time,
    ILogger<LoadStateFilter> logger) : IElectStateFilter
{
    /// <summary>For faults that are not the load's: a class that this version does not know, an error in our own code.</summary>
    private static readonly TimeSpan UnexpectedPause = TimeSpan.FromMinutes(1);

    /// <summary>How the reason begins by which people see that their Requeue was refused.</summary>
    public const string Refused = "Requeue refused: ";

    /// <summary>Hangfire does not say who acts; a request does.</summary>
    private static string DashboardActor => CurrentActor.Name ?? "dashboard";

    public void OnStateElection(ElectStateContext context)
    {
        var isLoad = LoadJobs.TryGetLoad(context.BackgroundJob.Job, out var load);
        switch (context.CandidateState)
        {
            case FailedState failed when isLoad || context.BackgroundJob.Job is null:
                context.CandidateState = AfterFailure(failed);
                break;
            case EnqueuedState { Reason: LoadJobs.ByDashboard } when isLoad:
                Requeue(context, load);
                break;
            case DeletedState { Reason: LoadJobs.ByDashboard } when isLoad:
                Delete(context, load);
                break;
        }
    }

    private IState AfterFailure(FailedState failed)
    {
        switch (failed.Exception)
        {
            case LoadFailedException:
                return failed;
            case LoadRetryException retry:
                return new ScheduledState(retry.At.UtcDateTime) { Reason = retry.Message };
            case LoadHandedBackException { At: { } at } back:
                return new ScheduledState(at.UtcDateTime) { Reason = back.Message };
            case LoadHandedBackException back:
                return new EnqueuedState(LaneQueues.Interrupted(back.Target)) { Reason = back.Message };
            case LoadCancelledException cancelled:
                return new DeletedState { Reason = cancelled.Message };
            default:
                // Includes a job whose class this process cannot load: another version may, or this one after its update.
                Log.UnexpectedJobFault(logger, failed.Reason, failed.Exception);
                return new ScheduledState((time.GetUtcNow() + UnexpectedPause).UtcDateTime)
                {
                    Reason = $"Retried in a minute: {failed.Exception?.Message ?? failed.Reason}",
                };
        }
    }

    private void Requeue(ElectStateContext context, LoadId load)
    {
        switch (context.CurrentState)
        {
            case var state when state == EnqueuedState.StateName:
                return;
            case var state when state == ProcessingState.StateName:
                Refuse(context, Refused + "the load is running.");
                return;
            case var state when state == ScheduledState.StateName && actions.RetryNow(load):
                actions.Audit(DashboardActor, "retry-now", load, $"job {context.BackgroundJob.Id}");
                return;
        }

        var finding = actions.Requeue(load, actions.FindSpec(load) is { } spec ? refresh.RefreshOrKeep(spec) : null);
        if (finding is { Done: true })
        {
            actions.Audit(DashboardActor, "requeue", load, $"job {context.BackgroundJob.Id}");
        }
        else if (finding is not { Before: LoadStatus.Queued })
        {
            Refuse(context, Refused + (finding is null ? "the ledger does not know this load." : Refusal(load, finding)));
        }
    }

    private static string Refusal(LoadId load, ActionFinding finding) => finding.Before == LoadStatus.Loaded
        ? FormattableString.Invariant($"the load was loaded at {finding.FinishedAt:u}. To load its dataset again: etl-loader reload {load.Short}")
        : $"the load is {finding.Before.Word()}.";

    private void Delete(ElectStateContext context, LoadId load)
    {
        if (actions.Cancel(load, DashboardActor) is { Done: true })
        {
            actions.Audit(DashboardActor, "cancel", load, $"job {context.BackgroundJob.Id}");
        }
    }

    private static void Refuse(ElectStateContext context, string reason)
    {
        var state = context.CurrentState;
        var data = context.Connection.GetStateData(context.BackgroundJob.Id)?.Data;
        context.CandidateState = new UnchangedState(
            state, data, state == SucceededState.StateName || state == DeletedState.StateName, reason);
    }
}

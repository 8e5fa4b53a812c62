using Etl.Loader.Ledger;

namespace Etl.Loader.IntegrationTests.Ledger;

/// <summary>What may happen to one load and its job, in any order.</summary>
internal enum LoadStep
{
    Begin,
    FinishLoaded,
    FinishFailed,
    FinishRetry,
    FinishInterrupted,
    FinishSuperseded,
    FinishOfAnEarlierAttempt,
    Requeue,
    Cancel,
    RequeueAtTheDashboard,
    DeleteAtTheDashboard,
    LoseTheJob,
    LoseTheQueueRow,
    ReconcileWhileIdle,
    ReconcileWhileRunning,
}

/// <summary>
/// What the ledger promises of one load, without a database: the status that each step leads to. Jobs take part only as far as they can cancel or requeue:
/// a job that waits in its queue (<see cref="JobWaits"/>), one that is deleted, and one that is gone.
/// </summary>
internal sealed class LoadMachine
{
    public LoadStatus Status { get; private set; } = LoadStatus.Queued;

    /// <summary>Attempts begun; the last is open exactly while the load is loading.</summary>
    public int Attempts { get; private set; }

    /// <summary>Since the last requeue.</summary>
    public int Failures { get; private set; }

    /// <summary>Rows of the outbox: one for each outcome, also where a requeue undid it.</summary>
    public int Reported { get; private set; }

    public JobStanding Job { get; private set; } = JobStanding.Waits;

    public bool Open => Status is LoadStatus.Queued or LoadStatus.Loading or LoadStatus.Retrying;

    private bool CancelAsked { get; set; }

    /// <summary>Takes the step; false where it must be refused or change nothing.</summary>
    public bool Take(LoadStep step) => step switch
    {
        LoadStep.Begin => Open && Become(LoadStatus.Loading, () => Attempts++),
        LoadStep.FinishLoaded => Finish(LoadStatus.Loaded),
        LoadStep.FinishFailed => Finish(LoadStatus.Failed, () => Failures++),
        LoadStep.FinishSuperseded => Finish(LoadStatus.Superseded),
        LoadStep.FinishRetry => Finish(CancelAsked ? LoadStatus.Cancelled : LoadStatus.Retrying, () => Failures++),
        LoadStep.FinishInterrupted => Finish(CancelAsked ? LoadStatus.Cancelled : LoadStatus.Queued),
        LoadStep.FinishOfAnEarlierAttempt => false,
        LoadStep.Requeue => Requeue(),
        LoadStep.Cancel => Cancel(deleting: true),
        LoadStep.RequeueAtTheDashboard => Job == JobStanding.Deleted && Requeue(),
        LoadStep.DeleteAtTheDashboard => Job is JobStanding.Waits or JobStanding.Stranded && DeleteJob(),
        LoadStep.LoseTheJob => LoseJob(JobStanding.Gone),
        LoadStep.LoseTheQueueRow => Job == JobStanding.Waits && LoseJob(JobStanding.Stranded),
        LoadStep.ReconcileWhileIdle => Reconcile(idle: true),
        LoadStep.ReconcileWhileRunning => Reconcile(idle: false),
        _ => throw new ArgumentOutOfRangeException(nameof(step)),
    };

    private bool Become(LoadStatus status, Action? also = null)
    {
        Status = status;
        also?.Invoke();
        Reported += Open ? 0 : 1;
        return true;
    }

    private bool Finish(LoadStatus status, Action? also = null) => Status == LoadStatus.Loading && Become(status, also);

    private bool Requeue()
    {
        if (Status is not (LoadStatus.Failed or LoadStatus.Cancelled))
        {
            return false;
        }

        (Failures, CancelAsked, Job) = (0, false, JobStanding.Waits);
        return Become(LoadStatus.Queued);
    }

    private bool Cancel(bool deleting)
    {
        if (Status == LoadStatus.Loading)
        {
            return CancelAsked = true;
        }

        if (Status is not (LoadStatus.Queued or LoadStatus.Retrying))
        {
            return false;
        }

        CancelAsked = true;
        Job = deleting && Job != JobStanding.Gone ? JobStanding.Deleted : Job;
        return Become(LoadStatus.Cancelled);
    }

    private bool DeleteJob()
    {
        Cancel(deleting: false);
        Job = JobStanding.Deleted;
        return true;
    }

    private bool LoseJob(JobStanding standing)
    {
        Job = standing;
        return true;
    }

    private bool Reconcile(bool idle)
    {
        if (!Open || Job == JobStanding.Waits || (!idle && Status == LoadStatus.Loading))
        {
            return false;
        }

        if (Status == LoadStatus.Loading)
        {
            Become(LoadStatus.Queued);
        }

        if (Job == JobStanding.Deleted)
        {
            return Cancel(deleting: false);
        }

        Job = JobStanding.Waits;
        return true;
    }
}

internal enum JobStanding
{
    /// <summary>Enqueued, with its row in a queue.</summary>
    Waits,

    /// <summary>Enqueued by its state, without a row in a queue: no one will run it.</summary>
    Stranded,
    Deleted,
    Gone,
}

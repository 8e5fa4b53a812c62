using Etl.Loader.Ledger;
using Etl.Loader.Queue.Jobs;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Queue.Storage;
using Hangfire;
using Hangfire.States;

namespace Etl.Loader.Queue.Actions;

/// <summary>See <see cref="ILoadActions"/>. Ledger, job and audit row change in one transaction.</summary>
internal sealed class LoadActions(
    LedgerActions actions,
    ILoadLedger ledger,
    LoadIntake intake,
    IAcceptLoads acceptance,
    IFileRefresh refresh,
    HangfireStorage hangfire,
    TimeProvider time) : ILoadActions
{
    public async Task RequeueAsync(LoadId load, Actor actor, CancellationToken token)
    {
        var record = await FindAsync(load, token);
        if (record.Status is not (LoadStatus.Failed or LoadStatus.Cancelled))
        {
            throw NotRequeueable(load, record);
        }

        var refreshed = refresh.Refresh(record.Spec);
        using var scope = QueueTransaction.Begin();
        var finding = await actions.RequeueAsync(load, refreshed, token);
        if (finding is not { Done: true })
        {
            throw NotRequeueable(load, await FindAsync(load, token));
        }

        // The failed job itself resumes where there still is one; a deleted one may have left its row in a queue and stays deleted.
        var queued = new EnqueuedState { Reason = $"Requeued by {actor.Name}" };
        if (finding.JobId is null || !hangfire.Client.ChangeState(finding.JobId, queued, FailedState.StateName))
        {
            var job = hangfire.Client.EnqueueLoad(load, LaneQueues.For(refreshed.Target, refreshed.Priority));
            await intake.StoreJobsAsync([(load, job)], token);
        }

        await actions.AuditAsync(actor.Name, "requeue", actor.Reason, load, null, Changes(record.Spec, refreshed), token);
        scope.Complete();
    }

    public async Task<LoadId> ReloadAsync(LoadId load, Actor actor, CancellationToken token)
    {
        var record = await FindAsync(load, token);
        var again = new NewLoad(LoadId.New(time), refresh.Refresh(record.Spec));
        using var scope = QueueTransaction.Begin();
        await acceptance.AcceptAsync([again], token);
        await actions.AuditAsync(actor.Name, "reload", actor.Reason, load, null, $"as {again.Id}", token);
        scope.Complete();
        return again.Id;
    }

    public async Task CancelAsync(LoadId load, Actor actor, CancellationToken token)
    {
        using var scope = QueueTransaction.Begin();
        var finding = await actions.CancelAsync(load, actor.Name, token) ?? throw Unknown(load);
        if (!finding.Done)
        {
            throw new LoaderException(
                $"Load {load.Short} is already {finding.Before.Word()} and cannot be cancelled.",
                finding.Before == LoadStatus.Loaded ? "Its table stays as it is; deliver the dataset again to replace it." : null);
        }

        if (finding is { Before: not LoadStatus.Loading, JobId: { } job })
        {
            hangfire.Client.ChangeState(job, new DeletedState { Reason = $"Cancelled by {actor.Name}" });
        }

        await actions.AuditAsync(actor.Name, "cancel", actor.Reason, load, null, $"was {finding.Before.Word()}", token);
        scope.Complete();
    }

    public async Task<LanePause> PauseAsync(string target, bool now, Actor actor, CancellationToken token)
    {
        using var scope = QueueTransaction.Begin();
        var pause = await actions.PauseAsync(target, now, actor.Name, actor.Reason, token);
        if (pause.Changed)
        {
            await actions.AuditAsync(actor.Name, "pause", actor.Reason, null, target, now ? "now" : null, token);
        }

        scope.Complete();
        return pause;
    }

    public async Task<LanePause?> ResumeAsync(string target, Actor actor, CancellationToken token)
    {
        using var scope = QueueTransaction.Begin();
        var ended = await actions.ResumeAsync(target, token);
        if (ended is not null)
        {
            await actions.AuditAsync(actor.Name, "resume", actor.Reason, null, target, null, token);
        }

        scope.Complete();
        return ended;
    }

    private static UnknownNameException Unknown(LoadId load) => new($"The ledger has no load {load.Short}.", "`etl-loader loads` lists loads with their ids.");

    private static LoaderException NotRequeueable(LoadId load, LoadRecord record) => record.Status == LoadStatus.Loaded
        ? new LoaderException(
            $"Load {load.Short} ({record.Spec.Dataset}) was loaded at {record.FinishedAt:u} and is not run again.",
            $"To load its dataset again, as a new load: etl-loader reload {load.Short}")
        : new LoaderException(
            $"Load {load.Short} ({record.Spec.Dataset}) is {record.Status.Word()}; only a failed or cancelled load can be requeued.",
            record.Status == LoadStatus.Superseded ? $"A newer delivery won; to load this one after all: etl-loader reload {load.Short}" : "It will run without further action.");

    private static string? Changes(LoadSpec before, LoadSpec after) => before.Files.SequenceEqual(after.Files)
        ? null
        : $"files changed from {Describe(before)} to {Describe(after)}";

    private static string Describe(LoadSpec spec) =>
        string.Join(", ", spec.Files.Take(5).Select(f => FormattableString.Invariant($"{f.Path} ({Amounts.Counted(f.Bytes, "byte")}, {f.ModifiedAt:O})")))
        + (spec.Files.Count > 5 ? ", …" : "");

    private async Task<LoadRecord> FindAsync(LoadId load, CancellationToken token) => await ledger.FindAsync(load, token) ?? throw Unknown(load);
}

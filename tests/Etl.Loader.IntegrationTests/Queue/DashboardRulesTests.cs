using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Etl.Loader.Queue.Jobs;
using Hangfire;
using Hangfire.States;

namespace Etl.Loader.IntegrationTests.Queue;

/// <summary>What Hangfire's own buttons do to loads: they change the job's state with a reason of their own, by any client.</summary>
public class DashboardRulesTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requeue_of_a_failed_load_runs_it_again_with_its_files_as_they_are_now()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = stage.New();
        stage.Runner.Script(load.Id, new AttemptResult { Outcome = AttemptOutcome.Failed, Error = "bad" });
        stage.Files.Now = spec => spec with { Files = [spec.Files[0] with { Bytes = 777 }] };
        await stage.Get<IAcceptLoads>().AcceptAsync([load], Token);
        stage.StartLane();
        await stage.UntilJobAsync(load.Id, "Failed");

        Press(stage, await JobAsync(stage, load.Id), new EnqueuedState { Reason = LoadJobs.ByDashboard });
        var loaded = await stage.UntilAsync(load.Id, LoadStatus.Loaded);
        Assert.Equal(777, Assert.Single(loaded.Spec.Files).Bytes);
        Assert.Equal(0, loaded.Failures);
        Assert.Null(loaded.Error);
        Assert.Equal(1L, await stage.ScalarAsync<long>("SELECT count(*) FROM etl_loader.audit WHERE action = 'requeue' AND actor = 'dashboard' AND load_id = $1", load.Id.Value));
    }

    [Fact]
    public async Task Requeue_of_a_loaded_load_is_refused_and_the_job_says_why()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        stage.StartLane();
        await stage.UntilJobAsync(load, "Succeeded");
        Press(stage, await JobAsync(stage, load), new EnqueuedState { Reason = LoadJobs.ByDashboard });
        Assert.Equal("Succeeded", await stage.JobStateAsync(load));
        var record = await stage.RecordAsync(load);
        Assert.Equal(
            FormattableString.Invariant($"Requeue refused: the load was loaded at {record.FinishedAt:u}. To load its dataset again: etl-loader reload {load.Short}"),
            await ReasonAsync(stage, load));
        Assert.Equal(LoadStatus.Loaded, record.Status);
        Assert.Equal(0L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.jobqueue"));
    }

    [Fact]
    public async Task Requeue_of_a_running_load_is_refused_and_does_not_disturb_it()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        var next = await stage.AcceptAsync();
        stage.Runner.Hold(load);
        stage.StartLane();
        await QueueStage.UntilAsync(() => Task.FromResult(stage.Runner.HasBegun(load)), () => "the load did not begin");
        Press(stage, await JobAsync(stage, load), new EnqueuedState { Reason = LoadJobs.ByDashboard });
        Assert.Equal("Processing", await stage.JobStateAsync(load));
        Assert.Equal("Requeue refused: the load is running.", await ReasonAsync(stage, load));
        stage.Runner.Release(load);
        await stage.UntilJobAsync(load, "Succeeded");
        await stage.UntilAsync(next, LoadStatus.Loaded);
        Assert.Equal(1, (await stage.RecordAsync(load)).Attempt);
    }

    [Fact]
    public async Task Delete_cancels_a_waiting_load_at_once_and_a_running_one_at_its_next_look()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var running = await stage.AcceptAsync();
        var waiting = await stage.AcceptAsync();
        stage.Runner.Hold(running);
        stage.StartLane();
        await QueueStage.UntilAsync(() => Task.FromResult(stage.Runner.HasBegun(running)), () => "the load did not begin");
        foreach (var load in new[] { waiting, running })
        {
            Press(stage, await JobAsync(stage, load), new DeletedState { Reason = LoadJobs.ByDashboard });
        }

        Assert.Equal(LoadStatus.Cancelled, (await stage.RecordAsync(waiting)).Status);
        await stage.UntilAsync(running, LoadStatus.Cancelled);
        Assert.Equal("Deleted", await stage.JobStateAsync(running));
        await stage.UntilAsync(await stage.AcceptAsync(), LoadStatus.Loaded);
    }

    [Fact]
    public async Task Requeue_of_a_cancelled_load_runs_it()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        await stage.Get<ILoadActions>().CancelAsync(load, new Actor("operator", null), Token);
        Press(stage, await JobAsync(stage, load), new EnqueuedState { Reason = LoadJobs.ByDashboard });
        stage.StartLane();
        await stage.UntilAsync(load, LoadStatus.Loaded);
    }

    [Fact]
    public async Task A_retry_that_waits_can_be_run_now()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = stage.New();
        stage.Runner.Script(load.Id, new AttemptResult { Outcome = AttemptOutcome.Retry, NextAttemptAt = TimeProvider.System.GetUtcNow().AddHours(1) });
        await stage.Get<IAcceptLoads>().AcceptAsync([load], Token);
        stage.StartLane();
        await stage.UntilJobAsync(load.Id, "Scheduled");
        Press(stage, await JobAsync(stage, load.Id), new EnqueuedState { Reason = LoadJobs.ByDashboard });
        await stage.UntilAsync(load.Id, LoadStatus.Loaded);
    }

    private static void Press(QueueStage stage, string job, IState state) => stage.Get<IBackgroundJobClient>().ChangeState(job, state);

    private static Task<string> JobAsync(QueueStage stage, LoadId load) =>
        stage.ScalarAsync<string>("SELECT job_id FROM etl_loader.load WHERE load_id = $1", load.Value);

    private static Task<string> ReasonAsync(QueueStage stage, LoadId load) => stage.ScalarAsync<string>(
        "SELECT s.reason FROM hangfire.job j JOIN hangfire.state s ON s.id = j.stateid JOIN etl_loader.load l ON l.job_id = j.id::text WHERE l.load_id = $1", load.Value);
}

using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Etl.Loader.Queue.Lanes;

namespace Etl.Loader.IntegrationTests.Queue;

public class ReconcilerTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> WaysToLoseAJob => new()
    {
        "DELETE FROM hangfire.jobqueue; DELETE FROM hangfire.job",
        "DELETE FROM hangfire.jobqueue",
        "DELETE FROM hangfire.jobqueue; UPDATE hangfire.job SET statename = 'Succeeded'",
        "DELETE FROM hangfire.jobqueue; UPDATE hangfire.job SET statename = 'Failed'",
        "DELETE FROM hangfire.jobqueue; UPDATE hangfire.job SET statename = 'Processing'",
    };

    [Theory]
    [MemberData(nameof(WaysToLoseAJob))]
    public async Task A_load_that_lost_its_job_gets_one_again_once(string loss)
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        await stage.ExecuteAsync(loss);
        Assert.Equal(new Reconciliation(1, 0), await ReconcileAsync(stage));
        Assert.Equal(new Reconciliation(0, 0), await ReconcileAsync(stage));
        stage.StartLane();
        await stage.UntilAsync(load, LoadStatus.Loaded);
    }

    [Fact]
    public async Task A_job_deleted_by_an_operator_cancels_its_load()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        await stage.ExecuteAsync("UPDATE hangfire.job SET statename = 'Deleted'");
        Assert.Equal(new Reconciliation(0, 1), await ReconcileAsync(stage));
        Assert.Equal(LoadStatus.Cancelled, (await stage.RecordAsync(load)).Status);
    }

    [Fact]
    public async Task Loads_with_a_live_job_or_an_outcome_and_those_of_other_lanes_are_left_alone()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await stage.AcceptAsync();
        var retrying = await stage.AcceptAsync();
        await stage.ExecuteAsync("UPDATE etl_loader.load SET status = 'retrying', next_attempt_at = now() + interval '1 hour' WHERE load_id = $1", retrying.Value);
        await stage.ExecuteAsync("UPDATE hangfire.job j SET statename = 'Scheduled' FROM etl_loader.load l WHERE l.job_id = j.id::text AND l.load_id = $1", retrying.Value);
        await stage.ExecuteAsync("DELETE FROM hangfire.jobqueue q USING etl_loader.load l WHERE l.job_id = q.jobid::text AND l.load_id = $1", retrying.Value);
        var done = await stage.AcceptAsync();
        await stage.Get<ILoadActions>().CancelAsync(done, new Actor("operator", null), Token);
        var other = stage.New() with { };
        await stage.Get<IAcceptLoads>().AcceptAsync([other with { Spec = other.Spec with { Target = "lake" } }], Token);
        await stage.ExecuteAsync("DELETE FROM hangfire.jobqueue WHERE queue = 'loads-lake-2'");
        Assert.Equal(new Reconciliation(0, 0), await ReconcileAsync(stage));
    }

    [Fact]
    public async Task A_load_shown_as_under_way_is_taken_up_only_while_the_lane_runs_nothing()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        await stage.Get<ILoadLedger>().BeginAttemptAsync(load, 0, Token);
        await stage.ExecuteAsync("DELETE FROM hangfire.jobqueue");
        Assert.Equal(new Reconciliation(0, 0), await ReconcileAsync(stage, idle: false));
        Assert.Equal(new Reconciliation(1, 0), await ReconcileAsync(stage));
        Assert.Equal("loads-warehouse-0", await stage.ScalarAsync<string>("SELECT queue FROM hangfire.jobqueue"));
        var details = (await stage.Get<ILoadQueries>().FindAsync(load, Token))!;
        Assert.Equal(LoadStatus.Queued, details.Load.Status);
        Assert.Equal(AttemptOutcome.Crashed, Assert.Single(details.Attempts).Outcome);
    }

    [Fact]
    public async Task A_lane_reconciles_on_its_own()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        stage.StartLane();
        await stage.UntilAsync(await stage.AcceptAsync(), LoadStatus.Loaded);
        await stage.Get<ILoadActions>().PauseAsync(QueueStage.Target, false, new Actor("operator", null), Token);
        await QueueStage.UntilAsync(async () => await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.server") == 0, () => "not paused");
        var lost = await stage.AcceptAsync();
        await stage.ExecuteAsync("DELETE FROM hangfire.jobqueue");
        await QueueStage.UntilAsync(async () => await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.jobqueue") == 1, () => "no job was made");
        await stage.Get<ILoadActions>().ResumeAsync(QueueStage.Target, new Actor("operator", null), Token);
        await stage.UntilAsync(lost, LoadStatus.Loaded);
    }

    private static Task<Reconciliation> ReconcileAsync(QueueStage stage, bool idle = true) => stage.Get<Reconciler>().RunAsync(QueueStage.Target, idle, Token);
}

using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;

namespace Etl.Loader.IntegrationTests.Queue;

public class LoadActionsTests(PostgresServer server)
{
    private static readonly Actor Operator = new("anna", "data was corrected");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failed_load_continues_in_its_own_job_with_its_files_as_they_are_now()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = stage.New(priority: LoadPriority.High);
        stage.Runner.Script(load.Id, new AttemptResult { Outcome = AttemptOutcome.Failed, Error = "bad", ErrorLine = 3, Hint = "look" });
        stage.Files.Now = spec => spec with { Files = [spec.Files[0] with { Bytes = 5 }] };
        await stage.Get<IAcceptLoads>().AcceptAsync([load], Token);
        var stop = stage.StartLane();
        await stage.UntilJobAsync(load.Id, "Failed");
        await stop();
        var job = (await stage.RecordAsync(load.Id)).JobId;

        await stage.Get<ILoadActions>().RequeueAsync(load.Id, Operator, Token);
        var queued = await stage.RecordAsync(load.Id);
        Assert.Equal(
            (LoadStatus.Queued, 0, null, null, null, 5L, job),
            (queued.Status, queued.Failures, queued.Error, queued.ErrorLine, queued.Hint, queued.BytesTotal, queued.JobId));
        Assert.Equal("loads-warehouse-1", await stage.ScalarAsync<string>("SELECT queue FROM hangfire.jobqueue"));
        Assert.Contains("(100 bytes", await stage.ScalarAsync<string>("SELECT details FROM etl_loader.audit WHERE action = 'requeue' AND actor = 'anna' AND reason = 'data was corrected'"), StringComparison.Ordinal);
        stage.StartLane();
        await stage.UntilAsync(load.Id, LoadStatus.Loaded);
    }

    [Fact]
    public async Task A_cancelled_load_whose_job_is_gone_gets_a_new_one()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        await stage.Get<ILoadActions>().CancelAsync(load, Operator, Token);
        await stage.ExecuteAsync("DELETE FROM hangfire.jobqueue; DELETE FROM hangfire.job");
        await stage.Get<ILoadActions>().RequeueAsync(load, Operator, Token);
        Assert.Equal("Enqueued", await stage.JobStateAsync(load));
        stage.StartLane();
        await stage.UntilAsync(load, LoadStatus.Loaded);
    }

    [Fact]
    public async Task A_loaded_load_is_not_requeued_and_the_message_says_when_it_was_loaded_and_how_to_reload()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync("orders");
        stage.StartLane();
        var loaded = await stage.UntilAsync(load, LoadStatus.Loaded);
        var refusal = await Assert.ThrowsAsync<LoaderException>(() => stage.Get<ILoadActions>().RequeueAsync(load, Operator, Token));
        Assert.Contains($"{loaded.FinishedAt:u}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"reload {load.Short}", refusal.Hint, StringComparison.Ordinal);

        var again = await stage.Get<ILoadActions>().ReloadAsync(load, Operator, Token);
        Assert.NotEqual(load, again);
        Assert.Equal("orders", (await stage.UntilAsync(again, LoadStatus.Loaded)).Spec.TableName);
    }

    [Fact]
    public async Task A_load_with_an_outcome_cannot_be_cancelled()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        await stage.Get<ILoadActions>().CancelAsync(load, Operator, Token);
        var refusal = await Assert.ThrowsAsync<LoaderException>(() => stage.Get<ILoadActions>().CancelAsync(load, Operator, Token));
        Assert.Contains("is already cancelled", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1L, await stage.ScalarAsync<long>("SELECT count(*) FROM etl_loader.outbox"));
    }

    [Fact]
    public async Task A_requeue_that_fails_half_way_changes_nothing()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        await stage.Get<ILoadActions>().CancelAsync(load, Operator, Token);
        await stage.ExecuteAsync("ALTER TABLE etl_loader.audit ADD CONSTRAINT test_full CHECK (action <> 'requeue')");
        await Assert.ThrowsAnyAsync<Exception>(() => stage.Get<ILoadActions>().RequeueAsync(load, Operator, Token));
        Assert.Equal(LoadStatus.Cancelled, (await stage.RecordAsync(load)).Status);
        Assert.Equal(1L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.job"));
        Assert.Equal(0L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.lock"));
    }

    [Fact]
    public async Task A_load_that_no_one_knows_is_said_to_be_unknown()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var nobody = LoadId.New(TimeProvider.System);
        foreach (var act in new Func<Task>[]
        {
            () => stage.Get<ILoadActions>().RequeueAsync(nobody, Operator, Token),
            () => stage.Get<ILoadActions>().ReloadAsync(nobody, Operator, Token),
            () => stage.Get<ILoadActions>().CancelAsync(nobody, Operator, Token),
        })
        {
            Assert.Contains(nobody.Short, (await Assert.ThrowsAsync<UnknownNameException>(act)).Message, StringComparison.Ordinal);
        }
    }
}

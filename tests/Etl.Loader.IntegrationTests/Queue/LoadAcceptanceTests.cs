using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Etl.Loader.Queue.Jobs;

namespace Etl.Loader.IntegrationTests.Queue;

public class LoadAcceptanceTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_and_its_job_are_accepted_together_in_the_queue_of_their_lane_and_priority()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var normal = stage.New();
        var high = stage.New(priority: LoadPriority.High);
        var accepted = await stage.Get<IAcceptLoads>().AcceptAsync([normal, high], Token);
        Assert.All(accepted, a => Assert.True(a is { New: true, Status: LoadStatus.Queued }));
        Assert.Equal("loads-warehouse-2", await QueueOfAsync(stage, normal.Id));
        Assert.Equal("loads-warehouse-1", await QueueOfAsync(stage, high.Id));
        var record = await stage.RecordAsync(normal.Id);
        Assert.Equal(normal.Spec.Files, record.Spec.Files);
        Assert.Equal(100, record.BytesTotal);
        Assert.True((await stage.RecordAsync(high.Id)).Sequence > record.Sequence);
    }

    [Fact]
    public async Task Death_between_row_and_job_leaves_neither()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var acceptance = (LoadAcceptance)stage.Get<IAcceptLoads>();
        acceptance.BetweenRowAndJob = () => throw new InvalidOperationException("died");
        await Assert.ThrowsAsync<InvalidOperationException>(() => acceptance.AcceptAsync([stage.New(), stage.New()], Token));
        Assert.Equal(0L, await CountAsync(stage));

        acceptance.BetweenRowAndJob = null;
        await acceptance.AcceptAsync([stage.New()], Token);
        Assert.Equal(1L, await stage.ScalarAsync<long>("SELECT count(*) FROM etl_loader.load"));
        Assert.Equal(1L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.job"));
    }

    [Fact]
    public async Task A_session_that_ends_between_row_and_job_leaves_neither()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var acceptance = (LoadAcceptance)stage.Get<IAcceptLoads>();
        acceptance.BetweenRowAndJob = () =>
        {
            using var connection = new Npgsql.NpgsqlConnection(stage.ConnectionString + ";Enlist=false");
            connection.Open();
            using var command = new Npgsql.NpgsqlCommand(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'", connection);
            command.ExecuteNonQuery();
        };
        await Assert.ThrowsAnyAsync<Exception>(() => acceptance.AcceptAsync([stage.New()], Token));
        Assert.Equal(0L, await CountAsync(stage));
    }

    [Fact]
    public async Task Many_who_accept_the_same_loads_at_once_make_one_row_and_one_job_each()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var loads = Enumerable.Range(0, 20).Select(_ => stage.New()).ToArray();
        var all = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(
            () => stage.Get<IAcceptLoads>().AcceptAsync(i % 2 == 0 ? loads : [.. loads.Reverse()], Token), Token)));
        Assert.Equal(loads.Length, all.SelectMany(a => a).Count(a => a.New));
        Assert.All(all.SelectMany(a => a), a => Assert.Equal(LoadStatus.Queued, a.Status));
        Assert.Equal(20L, await stage.ScalarAsync<long>("SELECT count(*) FROM etl_loader.load"));
        Assert.Equal(20L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.job"));
        Assert.Equal(20L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.jobqueue q JOIN etl_loader.load l ON l.job_id = q.jobid::text"));
    }

    [Fact]
    public async Task A_load_known_already_keeps_its_outcome()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = stage.New();
        await stage.Get<IAcceptLoads>().AcceptAsync([load], Token);
        await stage.Get<ILoadActions>().CancelAsync(load.Id, new Actor("operator", null), Token);
        var again = Assert.Single(await stage.Get<IAcceptLoads>().AcceptAsync([load], Token));
        Assert.Equal(new Acceptance(load.Id, New: false, LoadStatus.Cancelled), again);
        Assert.Equal(LoadStatus.Cancelled, (await stage.Get<IAcceptLoads>().FindAsync([load.Id, LoadId.New(TimeProvider.System)], Token))[load.Id]);
    }

    [Fact]
    public async Task A_deliverys_id_belongs_to_one_load_of_its_inbox_and_a_repeat_is_refused_by_name()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var first = stage.New() with { Delivery = "2026-11-30/1" };
        var elsewhere = stage.New() with { Delivery = first.Delivery };
        elsewhere = elsewhere with { Spec = elsewhere.Spec with { Inbox = "other" } };
        NewLoad[] batch = [first, stage.New() with { Delivery = first.Delivery }, elsewhere];
        var accepted = await stage.Get<IAcceptLoads>().AcceptAsync(batch, Token);
        Assert.Equal([LoadStatus.Queued, LoadStatus.Failed, LoadStatus.Queued], accepted.Select(a => a.Status));
        Assert.Contains($"already used by an earlier delivery to inbox {first.Spec.Inbox}, load {first.Id}", accepted[1].Refusal!.Error, StringComparison.Ordinal);

        var late = Assert.Single(await stage.Get<IAcceptLoads>().AcceptAsync([stage.New() with { Delivery = first.Delivery }], Token));
        Assert.Equal((LoadStatus.Failed, true), (late.Status, (await stage.RecordAsync(late.Id)).Error!.Contains(first.Id.ToString(), StringComparison.Ordinal)));
        Assert.Equal(first.Id, await stage.Get<ILoadQueries>().FindDeliveryAsync(first.Spec.Inbox, first.Delivery, Token));
        Assert.Null(await stage.Get<ILoadQueries>().FindDeliveryAsync(first.Spec.Inbox, "another", Token));

        var again = await stage.Get<IAcceptLoads>().AcceptAsync(batch, Token);
        Assert.Equal([LoadStatus.Queued, LoadStatus.Failed, LoadStatus.Queued], again.Select(a => a.Status));
        Assert.All(again, a => Assert.False(a.New));
        Assert.Equal(2L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.job"));
    }

    [Fact]
    public async Task Of_many_who_accept_the_same_deliverys_id_at_once_one_load_gets_it()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var all = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(
            () => stage.Get<IAcceptLoads>().AcceptAsync([stage.New(), stage.New() with { Delivery = "1" }], Token), Token)));
        Assert.Equal(7, all.SelectMany(a => a).Count(a => a.Status == LoadStatus.Queued));
        Assert.Equal(5, all.Count(a => a[1].Refusal is not null));
        Assert.Equal(1L, await stage.ScalarAsync<long>("SELECT count(*) FROM etl_loader.load WHERE delivery = '1'"));
    }

    [Fact]
    public async Task A_refused_trigger_is_history_without_a_job()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var refused = stage.New() with { Refusal = new LoadRefusal("orders.csv.trigger: no \0JSON", "Correct it.") };
        var acceptance = Assert.Single(await stage.Get<IAcceptLoads>().AcceptAsync([refused], Token));
        Assert.Equal(LoadStatus.Failed, acceptance.Status);
        var record = await stage.RecordAsync(refused.Id);
        Assert.Equal("orders.csv.trigger: no \uFFFDJSON", record.Error);
        Assert.Equal("Correct it.", record.Hint);
        Assert.NotNull(record.FinishedAt);
        Assert.Null(record.JobId);
        Assert.Equal(1L, await stage.ScalarAsync<long>("SELECT count(*) FROM etl_loader.outbox WHERE event = 'failed'"));
        Assert.Equal(0L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.job"));
    }

    [Fact]
    public async Task One_row_that_cannot_be_stored_does_not_keep_the_others_out()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await stage.ExecuteAsync("ALTER TABLE etl_loader.load ADD CONSTRAINT test_no_bad CHECK (table_name <> 'bad')");
        var good = stage.New();
        await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => stage.Get<IAcceptLoads>().AcceptAsync([good, stage.New("bad")], Token));
        Assert.Equal(LoadStatus.Queued, (await stage.RecordAsync(good.Id)).Status);
    }

    [Fact]
    public async Task The_queue_database_is_reachable_only_while_it_answers()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        Assert.True(await stage.Get<IAcceptLoads>().IsReachableAsync(Token));
        await stage.ExecuteAsync("ALTER SCHEMA etl_loader RENAME TO elsewhere");
        Assert.False(await stage.Get<IAcceptLoads>().IsReachableAsync(Token));
    }

    [Fact]
    public async Task The_first_id_registered_for_an_inbox_stays()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var first = Guid.CreateVersion7();
        Assert.Equal(first, await stage.Get<IAcceptLoads>().RegisterInboxAsync("in", first, Token));
        Assert.Equal(first, await stage.Get<IAcceptLoads>().RegisterInboxAsync("in", Guid.CreateVersion7(), Token));
    }

    [Fact]
    public async Task A_watcher_has_one_line_an_inbox_with_its_latest_report()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var report = new WatcherReport("host", 1, "in", "events", "watching", null, DateTimeOffset.UnixEpoch, null, "1.0");
        await stage.Get<IAcceptLoads>().ReportWatcherAsync(report, Token);
        await stage.Get<IAcceptLoads>().ReportWatcherAsync(report with { State = "away: not mounted", Mode = "scanning" }, Token);
        var watcher = Assert.Single(await stage.Get<ILoadQueries>().WatchersAsync(Token));
        Assert.Equal(report with { State = "away: not mounted", Mode = "scanning" }, watcher with { ReportedAt = null });
        Assert.NotNull(watcher.ReportedAt);
    }

    [Theory]
    [InlineData(15, 16, false)]
    [InlineData(120, 60, true)]
    public async Task A_watcher_is_silent_after_the_time_that_its_inbox_is_given(int limit, int silent, bool reporting)
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var report = new WatcherReport("host", 1, "in", "events", "watching", null, null, null, "1.0") { SilentAfter = TimeSpan.FromSeconds(limit) };
        await stage.Get<IAcceptLoads>().ReportWatcherAsync(report, Token);
        await stage.ExecuteAsync("UPDATE etl_loader.watchers SET reported_at = now() - make_interval(secs => $1)", silent);
        Assert.Equal(reporting, Assert.Single(await stage.Get<ILoadQueries>().WatchersAsync(Token)).Reporting);
    }

    private static Task<string> QueueOfAsync(QueueStage stage, LoadId load) => stage.ScalarAsync<string>(
        "SELECT q.queue FROM hangfire.jobqueue q JOIN etl_loader.load l ON l.job_id = q.jobid::text WHERE l.load_id = $1", load.Value);

    private static Task<long> CountAsync(QueueStage stage) => stage.ScalarAsync<long>(
        "SELECT (SELECT count(*) FROM etl_loader.load) + (SELECT count(*) FROM hangfire.job) + (SELECT count(*) FROM hangfire.jobqueue)");
}

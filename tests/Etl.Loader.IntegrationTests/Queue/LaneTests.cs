using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;

namespace Etl.Loader.IntegrationTests.Queue;

public class LaneTests(PostgresServer server)
{
    private static readonly Actor Operator = new("operator", "a test");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Accepted_loads_run_one_at_a_time_in_the_order_of_acceptance()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var loads = Enumerable.Range(0, 5).Select(_ => stage.New()).ToArray();
        await stage.Get<IAcceptLoads>().AcceptAsync(loads, Token);
        stage.StartLane();
        foreach (var load in loads)
        {
            await stage.UntilAsync(load.Id, LoadStatus.Loaded);
        }

        Assert.Equal(loads.Select(l => l.Id), stage.Runner.Begun.Select(b => b.Load));
        Assert.Equal(1, stage.Runner.MostAtOnce);
        await stage.UntilJobAsync(loads[^1].Id, "Succeeded");
    }

    [Fact]
    public async Task High_priority_goes_before_normal()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var normal = await stage.AcceptAsync();
        var high = await stage.AcceptAsync(priority: LoadPriority.High);
        stage.StartLane();
        await stage.UntilAsync(normal, LoadStatus.Loaded);
        Assert.Equal([high, normal], stage.Runner.Begun.Select(b => b.Load));
    }

    [Fact]
    public async Task A_retry_waits_as_a_scheduled_job_and_comes_back_to_its_lane()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = stage.New();
        stage.Runner.Script(load.Id, new AttemptResult
        {
            Outcome = AttemptOutcome.Retry,
            Error = "serialization failure",
            NextAttemptAt = TimeProvider.System.GetUtcNow().AddSeconds(2),
        });
        await stage.Get<IAcceptLoads>().AcceptAsync([load], Token);
        stage.StartLane();
        await stage.UntilJobAsync(load.Id, "Scheduled");
        var waiting = await stage.RecordAsync(load.Id);
        Assert.Equal(LoadStatus.Retrying, waiting.Status);
        Assert.Equal("serialization failure", waiting.Error);

        var loaded = await stage.UntilAsync(load.Id, LoadStatus.Loaded);
        Assert.Equal(2, loaded.Attempt);
        Assert.Equal(1, loaded.Failures);
    }

    /// <summary>A message may quote raw data, of which PostgreSQL's JSON takes no NUL.</summary>
    [Theory]
    [InlineData("orders.csv line 7: 'abc' is no number", "orders.csv line 7: 'abc' is no number")]
    [InlineData("orders.csv line 1 ('i\0d,name') is damaged", "orders.csv line 1 ('i\uFFFDd,name') is damaged")]
    public async Task A_failed_load_leaves_a_failed_job_whose_message_says_why(string error, string reported)
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = stage.New();
        stage.Runner.Script(load.Id, new AttemptResult { Outcome = AttemptOutcome.Failed, Error = error });
        await stage.Get<IAcceptLoads>().AcceptAsync([load], Token);
        stage.StartLane();
        await stage.UntilJobAsync(load.Id, "Failed");
        var shown = await stage.ScalarAsync<string>(
            "SELECT s.data->>'ExceptionMessage' FROM hangfire.job j JOIN hangfire.state s ON s.id = j.stateid JOIN etl_loader.load l ON l.job_id = j.id::text WHERE l.load_id = $1",
            load.Id.Value);
        Assert.Equal(reported, shown);
    }

    [Fact]
    public async Task A_stop_hands_the_running_load_back_to_the_head_of_the_lane()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var running = await stage.AcceptAsync();
        stage.Runner.Hold(running);
        var stop = stage.StartLane();
        await QueueStage.UntilAsync(() => Task.FromResult(stage.Runner.HasBegun(running)), () => "the load did not begin");
        var high = await stage.AcceptAsync(priority: LoadPriority.High);
        await stop();

        var handed = await stage.RecordAsync(running);
        Assert.Equal(LoadStatus.Queued, handed.Status);
        Assert.Equal(0, handed.Failures);
        Assert.Equal("Enqueued", await stage.JobStateAsync(running));
        Assert.Equal(
            "loads-warehouse-0",
            await stage.ScalarAsync<string>("SELECT q.queue FROM hangfire.jobqueue q JOIN etl_loader.load l ON l.job_id = q.jobid::text WHERE l.load_id = $1 AND q.fetchedat IS NULL", running.Value));
        Assert.Equal(0L, await stage.ScalarAsync<long>("SELECT count(*) FROM etl_loader.lane_status WHERE holder IS NOT NULL"));
        Assert.Equal(0L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.server"));

        stage.Runner.Release(running);
        stage.StartLane();
        await stage.UntilAsync(high, LoadStatus.Loaded);
        Assert.Equal([running, running, high], stage.Runner.Begun.Select(b => b.Load));
        var attempts = (await stage.Get<ILoadQueries>().FindAsync(running, Token))!.Attempts;
        Assert.Equal([AttemptOutcome.Interrupted, AttemptOutcome.Loaded], attempts.Select(a => a.Outcome!.Value));
    }

    [Fact]
    public async Task A_paused_lane_finishes_its_load_and_takes_no_other_until_it_is_resumed()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var first = await stage.AcceptAsync();
        var second = await stage.AcceptAsync();
        stage.Runner.Hold(first);
        stage.StartLane();
        await QueueStage.UntilAsync(() => Task.FromResult(stage.Runner.HasBegun(first)), () => "the load did not begin");
        await stage.Get<ILoadActions>().PauseAsync(QueueStage.Target, now: false, Operator, Token);
        await QueueStage.UntilAsync(
            () => Task.FromResult(stage.Logs.Any(l => l.Contains("is paused", StringComparison.Ordinal))), () => "the lane did not notice the pause");
        Assert.Equal(LoadStatus.Loading, (await stage.RecordAsync(first)).Status);
        stage.Runner.Release(first);
        await stage.UntilAsync(first, LoadStatus.Loaded);
        await QueueStage.UntilAsync(async () => await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.server") == 0, () => "the paused lane still has a server");
        Assert.Equal(LoadStatus.Queued, (await stage.RecordAsync(second)).Status);
        var lane = Assert.Single(await stage.Get<ILoadQueries>().LanesAsync(Token));
        Assert.Equal("operator", lane.PausedBy);

        await stage.Get<ILoadActions>().ResumeAsync(QueueStage.Target, Operator, Token);
        await stage.UntilAsync(second, LoadStatus.Loaded);
    }

    [Fact]
    public async Task A_pause_holds_from_the_moment_it_was_said()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var first = await stage.AcceptAsync();
        stage.StartLane();
        await stage.UntilAsync(first, LoadStatus.Loaded);

        await stage.Get<ILoadActions>().PauseAsync(QueueStage.Target, now: false, Operator, Token);
        var second = await stage.AcceptAsync();
        await QueueStage.UntilAsync(async () => await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.server") == 0, () => "the paused lane still has a server");

        Assert.Equal([first], stage.Runner.Begun.Select(b => b.Load));
        await stage.Get<ILoadActions>().ResumeAsync(QueueStage.Target, Operator, Token);
        await stage.UntilAsync(second, LoadStatus.Loaded);
    }

    [Fact]
    public async Task A_second_pause_changes_nothing_and_reports_the_first()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await stage.AcceptAsync();
        var actions = stage.Get<ILoadActions>();
        var pauses = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => actions.PauseAsync(QueueStage.Target, now: false, new Actor($"who{i}", $"why{i}"), Token)));
        var first = Assert.Single(pauses, p => p.Changed);
        Assert.All(pauses, p => Assert.Equal((first.At, first.By, first.Reason), (p.At, p.By, p.Reason)));
        Assert.Equal($"why{first.By[^1]}", first.Reason);

        var now = await actions.PauseAsync(QueueStage.Target, now: true, Operator, Token);
        Assert.Equal((true, true, first.By, first.Reason, first.At), (now.Changed, now.Now, now.By, now.Reason, now.At));
        Assert.False((await actions.PauseAsync(QueueStage.Target, now: true, Operator, Token)).Changed);
        var lane = Assert.Single(await stage.Get<ILoadQueries>().LanesAsync(Token));
        Assert.Equal((first.By, first.Reason, true), (lane.PausedBy, lane.PauseReason, lane.PausedAtOnce));

        Assert.Equal(first.Reason, (await actions.ResumeAsync(QueueStage.Target, Operator, Token))!.Reason);
        Assert.Null(await actions.ResumeAsync(QueueStage.Target, Operator, Token));
        Assert.Equal("pause,pause,resume", await stage.ScalarAsync<string>("SELECT string_agg(action, ',' ORDER BY id) FROM etl_loader.audit WHERE action IN ('pause', 'resume')"));
    }

    [Fact]
    public async Task A_lane_that_no_one_knows_cannot_be_paused()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var refusal = await Assert.ThrowsAsync<UnknownNameException>(() => stage.Get<ILoadActions>().PauseAsync("nowhere", now: false, Operator, Token));
        Assert.Contains("nowhere", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await stage.Get<ILoadQueries>().LanesAsync(Token));
    }

    [Fact]
    public async Task A_pause_at_once_hands_the_running_load_back_and_a_restart_keeps_the_pause()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        stage.Runner.Hold(load);
        var stop = stage.StartLane();
        await QueueStage.UntilAsync(() => Task.FromResult(stage.Runner.HasBegun(load)), () => "the load did not begin");
        await stage.Get<ILoadActions>().PauseAsync(QueueStage.Target, now: true, Operator, Token);
        await stage.UntilAsync(load, LoadStatus.Queued);
        await stop();
        stage.Runner.Release(load);

        stage.StartLane();
        await QueueStage.UntilAsync(
            async () => await stage.ScalarAsync<long>("SELECT count(*) FROM etl_loader.lane_status WHERE holder IS NOT NULL") == 1, () => "the lane has no holder");
        Assert.Equal(0L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.server"));
        await stage.Get<ILoadActions>().ResumeAsync(QueueStage.Target, Operator, Token);
        await stage.UntilAsync(load, LoadStatus.Loaded);
        Assert.Equal(2, stage.Runner.Begun.Count);
    }

    [Fact]
    public async Task A_running_load_stops_when_it_is_cancelled_and_the_next_one_runs()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var running = await stage.AcceptAsync();
        var waiting = await stage.AcceptAsync();
        var last = await stage.AcceptAsync();
        stage.Runner.Hold(running);
        stage.StartLane();
        await QueueStage.UntilAsync(() => Task.FromResult(stage.Runner.HasBegun(running)), () => "the load did not begin");
        await stage.Get<ILoadActions>().CancelAsync(waiting, Operator, Token);
        Assert.Equal(LoadStatus.Cancelled, (await stage.RecordAsync(waiting)).Status);
        Assert.Equal("Deleted", await stage.JobStateAsync(waiting));

        await stage.Get<ILoadActions>().CancelAsync(running, Operator, Token);
        await stage.UntilAsync(running, LoadStatus.Cancelled);
        await stage.UntilJobAsync(running, "Deleted");
        await stage.UntilAsync(last, LoadStatus.Loaded);
        Assert.False(stage.Runner.HasBegun(waiting));
    }

    [Fact]
    public async Task A_lane_waits_for_its_target_and_says_so()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var target = new ScriptedTarget(QueueStage.Target) { Away = "connection refused" };
        var load = await stage.AcceptAsync();
        stage.StartLane(target);
        await QueueStage.UntilAsync(
            async () => (await stage.Get<ILoadQueries>().LanesAsync(Token)).Any(l => l.WaitsFor == "target warehouse: connection refused"),
            () => "the lane does not say what it waits for");
        Assert.Equal(LoadStatus.Queued, (await stage.RecordAsync(load)).Status);
        target.Away = null;
        await stage.UntilAsync(load, LoadStatus.Loaded);
        await QueueStage.UntilAsync(
            async () => (await stage.Get<ILoadQueries>().LanesAsync(Token))[0].WaitsFor is null,
            () => "the lane still says what it waited for");
    }

    [Fact]
    public async Task An_error_of_our_own_is_tried_again_and_does_not_fail_the_load()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        stage.Runner.Break(load, new InvalidOperationException("a fault in our code"));
        stage.StartLane();
        await stage.UntilJobAsync(load, "Scheduled");
        await stage.ExecuteAsync("UPDATE hangfire.set SET score = 0 WHERE key = 'schedule'");
        await stage.UntilAsync(load, LoadStatus.Loaded);
    }

    [Fact]
    public async Task A_job_twice_in_the_queue_runs_its_load_once()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        var after = await stage.AcceptAsync();
        await stage.ExecuteAsync("INSERT INTO hangfire.jobqueue (jobid, queue) SELECT jobid, queue FROM hangfire.jobqueue");
        stage.StartLane();
        await stage.UntilAsync(after, LoadStatus.Loaded);
        await QueueStage.UntilAsync(async () => await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.jobqueue") == 0, () => "the queue is not empty");
        Assert.Equal([load, after], stage.Runner.Begun.Select(b => b.Load));
    }

    [Fact]
    public async Task A_load_set_back_lets_the_next_one_go_first()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var waiting = stage.New();
        stage.Runner.Script(waiting.Id, new AttemptResult { Outcome = AttemptOutcome.Interrupted });
        var next = stage.New();
        await stage.Get<IAcceptLoads>().AcceptAsync([waiting, next], Token);
        stage.StartLane();
        await stage.UntilAsync(next.Id, LoadStatus.Loaded);
        Assert.Equal("Scheduled", await stage.JobStateAsync(waiting.Id));
        await stage.UntilAsync(waiting.Id, LoadStatus.Loaded);
        Assert.Equal(0, (await stage.RecordAsync(waiting.Id)).Failures);
    }

    [Fact]
    public async Task Appends_to_one_table_keep_their_order_while_one_of_them_is_tried_again()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        NewLoad Append() => stage.New("log") is var load ? load with { Spec = load.Spec with { Mode = LoadMode.Append } } : throw new InvalidOperationException();
        var first = Append();
        var second = Append();
        var other = stage.New();
        stage.Runner.Script(first.Id, new AttemptResult
        {
            Outcome = AttemptOutcome.Retry,
            Error = "serialization failure",
            NextAttemptAt = TimeProvider.System.GetUtcNow().AddHours(1),
        });
        await stage.Get<IAcceptLoads>().AcceptAsync([first, second, other], Token);
        stage.StartLane();
        await stage.UntilAsync(other.Id, LoadStatus.Loaded);
        Assert.Equal(LoadStatus.Retrying, (await stage.RecordAsync(first.Id)).Status);
        Assert.Contains(first.Id.Short, (await stage.RecordAsync(second.Id)).WaitsFor, StringComparison.Ordinal);

        await stage.ExecuteAsync("UPDATE etl_loader.load SET next_attempt_at = now() WHERE load_id = $1", first.Id.Value);
        await stage.ExecuteAsync("UPDATE hangfire.set SET score = 0");
        await stage.UntilAsync(first.Id, LoadStatus.Loaded);
        await stage.ExecuteAsync("UPDATE hangfire.set SET score = 0");
        await stage.UntilAsync(second.Id, LoadStatus.Loaded);
        Assert.Equal([first.Id, other.Id, first.Id, second.Id], stage.Runner.Begun.Select(b => b.Load));
        Assert.Equal(0, (await stage.RecordAsync(second.Id)).Failures);
    }

    [Fact]
    public async Task A_lane_whose_target_is_at_another_epoch_takes_it_again()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var target = new ScriptedTarget(QueueStage.Target);
        var load = stage.New();
        stage.Runner.Script(load.Id, new AttemptResult { Outcome = AttemptOutcome.Fenced });
        await stage.Get<IAcceptLoads>().AcceptAsync([load], Token);
        stage.StartLane(target);
        await stage.UntilAsync(load.Id, LoadStatus.Loaded);
        Assert.Equal(2, target.Claims.Count);
        Assert.True(target.Claims[1].Above > 0);
        Assert.Equal(0, (await stage.RecordAsync(load.Id)).Failures);
    }

    [Fact]
    public async Task Once_a_load_has_found_its_target_at_another_epoch_none_begins_before_the_lane_is_taken_again()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var loads = Enumerable.Range(0, 4).Select(_ => stage.New()).ToArray();
        stage.Runner.Script(loads[0].Id, new AttemptResult { Outcome = AttemptOutcome.Fenced });
        await stage.Get<IAcceptLoads>().AcceptAsync(loads, Token);
        stage.StartLane(new ScriptedTarget(QueueStage.Target));
        foreach (var load in loads)
        {
            await stage.UntilAsync(load.Id, LoadStatus.Loaded);
        }

        var epochs = stage.Runner.Begun.Select(b => b.Epoch).ToList();
        Assert.Equal(5, epochs.Count);
        Assert.Single(epochs, epoch => epoch == epochs[0]);
    }
}

using Etl.Loader.IntegrationTests.Queue;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue;
using Etl.Loader.Queue.Actions;

namespace Etl.Loader.IntegrationTests.Ledger;

/// <summary>What the first page reads, from the real tables.</summary>
public class OutlookQueriesTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lane_is_reported_with_what_runs_what_waits_and_the_pace_of_its_last_loads()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var loads = new List<LoadId>();
        for (var i = 0; i < 5; i++)
        {
            loads.Add(await stage.AcceptAsync());
        }

        // Three measured ones: 2 s and 20 ns a byte.
        await stage.ExecuteAsync(
            """
            UPDATE etl_loader.load AS l
               SET status = 'loaded', stage = 'published', receipt = '{}', bytes_total = n.n * 100000000,
                   started_at = now() - interval '1 hour', finished_at = now() - interval '1 hour' + (2 + 2 * n.n) * interval '1 second'
              FROM unnest($1) WITH ORDINALITY AS n (load_id, n)
             WHERE l.load_id = n.load_id
            """,
            loads.Take(3).Select(l => l.Value).ToArray());
        var ledger = stage.Get<ILoadLedger>();
        await stage.ExecuteAsync("INSERT INTO etl_loader.lane_status (target, holder, holder_id, epoch, heartbeat_at) VALUES ('warehouse', 'host:1', gen_random_uuid(), 1, now())");
        var attempt = (await ledger.BeginAttemptAsync(loads[3], 1, Token))!;
        await ledger.EnterStageAsync(attempt, LoadStage.Staging, Token);
        await ledger.ReportProgressAsync(attempt, 10, 100, 1, Token);
        await ledger.ReportProgressAsync(attempt, 40, 100, 4, Token);

        var lane = Assert.Single(await stage.Get<ILoadQueries>().OutlookAsync(Token));
        Assert.Equal((LaneCondition.Loading, new Work(1, 100), 1L), (lane.Condition, lane.Waiting, lane.Due));
        Assert.Equal((loads[3], 0.4, 4L), (lane.Running!.LoadId, lane.Running.Share!.Value, lane.Running.Rows!.Value));
        Assert.True(lane.Running.BytesPerSecond > 0, "two reports make a speed");
        Assert.NotNull(lane.Running.StageLeft);
        Assert.Equal(3, lane.Pace!.Measured);
        Assert.Equal(4.0, lane.Pace.Of(new Work(1, 100_000_000)).TotalSeconds, 3);
        Assert.NotNull(lane.ClearAt);

        // In a new stage the speed of the one before means nothing.
        await ledger.EnterStageAsync(attempt, LoadStage.Publishing, Token);
        Assert.Null(Assert.Single(await stage.Get<ILoadQueries>().RunningAsync(Token)).BytesPerSecond);
        Assert.Equal(new PlaceInLine(1, 100), await stage.Get<ILoadQueries>().PlaceInLineAsync(loads[4], Token));
    }

    [Fact]
    public async Task A_lane_that_only_has_loads_is_reported_too()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await stage.AcceptAsync();
        Assert.Equal(LaneCondition.Unserved, Assert.Single(await stage.Get<ILoadQueries>().OutlookAsync(Token)).Condition);
    }

    [Fact]
    public async Task Failed_loads_are_grouped_by_what_their_errors_share_and_found_again_by_it()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        string[] errors =
        [
            "t1.csv: line 7, column amount: 'x12' is not a valid bigint.",
            "t2.csv: line 1,204, column amount: 'nothing' is not a valid bigint.",
            "t3.csv: file is gone",
        ];
        foreach (var (error, place) in errors.Select((e, i) => (e, i + 1)))
        {
            await FailAsync(stage, await stage.AcceptAsync($"t{place}"), error);
        }

        var queries = stage.Get<ILoadQueries>();
        var causes = await queries.CausesAsync(10, Token);
        Assert.Equal([2L, 1L], causes.Select(c => c.Loads));
        Assert.Equal("…: line #, column amount: … is not a valid bigint.", causes[0].Folded);
        Assert.Equal(("data", "t2.csv"), (causes[0].Fault, causes[0].Dataset));

        var page = await queries.ListAsync(LoadFilter.Parse($"cause:{causes[0].Cause}"), null, 10, Token);
        Assert.Equal(["t2.csv", "t1.csv"], page.Loads.Select(l => l.Dataset));
        var summary = await queries.SummarizeAsync(BulkActions.Narrow(BulkKind.Requeue, new LoadFilter())!, Token);
        Assert.Equal(3, summary.Loads);
        Assert.Equal((causes[0].Folded, 2L), (summary.Causes[0].Text, summary.Causes[0].Loads));
        Assert.Equal(3, summary.Tables.Count);
    }

    [Fact]
    public async Task A_requeued_load_has_no_cause_any_more()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        await FailAsync(stage, load, "bad");
        await stage.Get<ILoadActions>().RequeueAsync(load, new Actor("anna", null), Token);
        Assert.Empty(await stage.Get<ILoadQueries>().CausesAsync(10, Token));
    }

    [Fact]
    public async Task A_refused_trigger_has_a_cause_too()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await stage.Get<IAcceptLoads>().AcceptAsync([stage.New() with { Refusal = new LoadRefusal("no data", null) }], Token);
        Assert.Equal("refused", Assert.Single(await stage.Get<ILoadQueries>().CausesAsync(10, Token)).Fault);
    }

    [Fact]
    public async Task What_an_attempt_reported_is_in_its_row_also_when_its_process_died_afterwards()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        var ledger = stage.Get<ILoadLedger>();
        var attempt = (await ledger.BeginAttemptAsync(load, 1, Token))!;
        attempt.Log.Add(DateTimeOffset.UnixEpoch, "staging", stage: LoadStage.Staging);
        await ledger.ReportProgressAsync(attempt, 1, 2, 1, Token);
        attempt.Log.Add(DateTimeOffset.UnixEpoch, "never reported");
        Assert.Equal(["staging"], await LogAsync(stage, load));

        await ledger.BeginAttemptAsync(load, 1, Token);
        var second = (await ledger.BeginAttemptAsync(load, 1, Token))!;
        second.Log.Add(DateTimeOffset.UnixEpoch, "gave up", LogWeight.Error);
        await ledger.FinishAsync(second, new AttemptResult { Outcome = AttemptOutcome.Failed, Error = "x" }, Token);
        Assert.Equal(["staging", "gave up"], await LogAsync(stage, load));
    }

    [Fact]
    public async Task The_last_loads_are_the_last_to_end_over_all_lanes_and_counts_end_where_they_are_asked_to()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var loads = new List<LoadId>();
        for (var i = 0; i < 4; i++)
        {
            loads.Add(await stage.AcceptAsync());
            await stage.ExecuteAsync(
                "UPDATE etl_loader.load SET status = 'cancelled', finished_at = now(), target = $2 WHERE load_id = $1", loads[i].Value, i % 2 == 0 ? "lake" : "warehouse");
        }

        await stage.AcceptAsync();
        var queries = stage.Get<ILoadQueries>();
        Assert.Equal([loads[3], loads[2], loads[1]], (await queries.RecentAsync(3, Token)).Select(l => l.LoadId));
        var counts = (await queries.CountUpToAsync(2, Token)).Counts;
        Assert.Equal((2L, 1L, 0L), (counts[LoadStatus.Cancelled], counts[LoadStatus.Queued], counts[LoadStatus.Failed]));
    }

    [Fact]
    public async Task Loads_that_match_come_in_the_order_of_acceptance()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var loads = Enumerable.Range(0, 5).Select(_ => stage.New()).ToArray();
        await stage.Get<IAcceptLoads>().AcceptAsync(loads, Token);
        var filter = new LoadFilter { Statuses = [LoadStatus.Queued, LoadStatus.Failed] };
        var first = await stage.Get<ILoadQueries>().MatchingAsync(filter, 0, long.MaxValue, 2, Token);
        var rest = await stage.Get<ILoadQueries>().MatchingAsync(filter, first[^1].Sequence, long.MaxValue, 10, Token);
        Assert.Equal(loads.Select(l => l.Id), first.Concat(rest).Select(m => m.Load));
    }

    private static async Task FailAsync(QueueStage stage, LoadId load, string error)
    {
        var ledger = stage.Get<ILoadLedger>();
        var attempt = (await ledger.BeginAttemptAsync(load, 1, Token))!;
        Assert.NotNull(await ledger.FinishAsync(attempt, new AttemptResult { Outcome = AttemptOutcome.Failed, Error = error, Fault = "data" }, Token));
    }

    private static async Task<IEnumerable<string>> LogAsync(QueueStage stage, LoadId load) =>
        (await stage.Get<ILoadQueries>().FindAsync(load, Token))!.Attempts.SelectMany(a => a.Log).Select(line => line.Text);
}

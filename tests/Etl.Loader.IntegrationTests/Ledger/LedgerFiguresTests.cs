using Etl.Loader.IntegrationTests.Queue;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Etl.Loader.Telemetry;

namespace Etl.Loader.IntegrationTests.Ledger;

public class LedgerFiguresTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lane_shows_what_waits_and_how_old_it_is_and_changes_its_progress_only_by_getting_on()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var first = await stage.AcceptAsync();
        await stage.AcceptAsync();
        await stage.ExecuteAsync("UPDATE etl_loader.load SET accepted_at = now() - interval '90 seconds' WHERE load_id = $1", first.Value);

        var lane = await LaneAsync(stage);
        Assert.Equal((2, 200, 2), (lane.Loads, lane.Bytes, lane.Due));
        Assert.InRange(lane.OldestAge.TotalSeconds, 90, 150);
        Assert.False(lane.Held);

        await stage.AcceptAsync();
        Assert.Equal(lane.Progress, (await LaneAsync(stage)).Progress);
        var attempt = (await stage.Get<ILoadLedger>().BeginAttemptAsync(first, 1, Token))!;
        var begun = await LaneAsync(stage);
        Assert.Equal((2, 3), (begun.Loads, begun.Due));
        Assert.NotEqual(lane.Progress, begun.Progress);
        await stage.Get<ILoadLedger>().ReportProgressAsync(attempt, 50, 100, 1, Token);
        Assert.NotEqual(begun.Progress, (await LaneAsync(stage)).Progress);
    }

    [Fact]
    public async Task A_load_that_waits_for_its_next_attempt_or_for_another_load_is_not_due()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        var later = await stage.AcceptAsync();
        await stage.ExecuteAsync("UPDATE etl_loader.load SET waits_for = 'load before it' WHERE load_id = $1", later.Value);
        await stage.ExecuteAsync("UPDATE etl_loader.load SET status = 'retrying', next_attempt_at = now() + interval '1 hour' WHERE load_id = $1", load.Value);

        var lane = await LaneAsync(stage);
        Assert.Equal((2, 0), (lane.Loads, lane.Due));
    }

    [Fact]
    public async Task A_held_and_a_paused_lane_and_a_live_and_a_dead_watcher_are_distinguished()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        stage.StartLane();
        await QueueStage.UntilAsync(async () => (await stage.Get<IReadFigures>().ReadAsync(Token)).Lanes is [{ Held: true }], () => "the lane is not held");
        await stage.Get<ILoadActions>().PauseAsync(QueueStage.Target, now: false, new Actor("operator", null), Token);
        Assert.True((await LaneAsync(stage)).Paused);

        var report = new WatcherReport("a", 1, "in", "events", "watching", null, null, TimeProvider.System.GetUtcNow().AddMinutes(-5), "1.0");
        await stage.Get<IAcceptLoads>().ReportWatcherAsync(report, Token);
        await stage.Get<IAcceptLoads>().ReportWatcherAsync(report with { Host = "b", State = "away: not mounted", OldestWaitingAt = null }, Token);
        await stage.Get<IAcceptLoads>().ReportWatcherAsync(report with { Host = "c", OldestWaitingAt = DateTimeOffset.UnixEpoch }, Token);
        await stage.ExecuteAsync("UPDATE etl_loader.watchers SET reported_at = now() - interval '10 minutes' WHERE host = 'c'");

        var inbox = Assert.Single((await stage.Get<IReadFigures>().ReadAsync(Token)).Inboxes);
        Assert.Equal(1, inbox.Watching);
        Assert.InRange(inbox.Lag.TotalMinutes, 5, 7);
        Assert.InRange(inbox.Silent.TotalMinutes, 0, 1);
    }

    private static async Task<LaneFigures> LaneAsync(QueueStage stage) => Assert.Single((await stage.Get<IReadFigures>().ReadAsync(Token)).Lanes);
}

using Etl.Loader.IntegrationTests.Queue;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Ledger;

/// <summary>What people read of lanes.</summary>
public class LaneQueriesTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Standbys_are_the_processes_that_wait_for_the_lane_without_its_holder()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        stage.StartLane();
        await QueueStage.UntilAsync(async () => await LaneAsync(stage) is { Epoch: not null }, () => "the lane was not taken");
        Assert.Empty((await LaneAsync(stage))!.Standbys!);
        await using var standby = await OpenAsync(stage, "etl-loader lane warehouse other-host:7");
        await using var elsewhere = await OpenAsync(stage, "etl-loader lane warehouse2 other-host:8");
        Assert.Equal(["other-host:7"], (await LaneAsync(stage))!.Standbys);
    }

    [Fact]
    public async Task A_lane_shows_by_whom_when_and_why_it_was_paused_and_since_when_it_waits()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await stage.AcceptAsync();
        await stage.Get<ILoadActions>().PauseAsync(QueueStage.Target, now: true, new Actor("ann", "the disk is replaced"), Token);
        var holder = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        await stage.Get<LaneLedger>().ClaimAsync(QueueStage.Target, holder, TimeSpan.FromMinutes(1), Token);
        await stage.Get<LaneLedger>().HeartbeatAsync(QueueStage.Target, holder, "target warehouse: away", Token);
        var lane = (await LaneAsync(stage))!;
        Assert.Equal(("ann", "the disk is replaced", true, "target warehouse: away"), (lane.PausedBy, lane.PauseReason, lane.PausedAtOnce, lane.WaitsFor));
        Assert.NotNull(lane.PausedAt);
        Assert.NotNull(lane.WaitsSince);
    }

    private static async Task<LaneStatus?> LaneAsync(QueueStage stage) => (await stage.Get<ILoadQueries>().LanesAsync(Token)).SingleOrDefault();

    private static async Task<NpgsqlConnection> OpenAsync(QueueStage stage, string name)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(stage.ConnectionString) { ApplicationName = name, Pooling = false }.ConnectionString);
        await connection.OpenAsync(Token);
        return connection;
    }
}

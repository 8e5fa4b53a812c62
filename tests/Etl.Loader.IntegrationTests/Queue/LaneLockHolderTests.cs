using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Storage;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Queue;

/// <summary>Someone else has taken a lane's lock: people learn who, and what to do.</summary>
public class LaneLockHolderTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("psql of somebody")]
    [InlineData("etl-loader lane warehouse pretends:1")]
    public async Task The_session_that_holds_a_lanes_lock_and_is_not_a_loader_is_named_and_the_lane_is_taken_once_it_is_gone(string application)
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        await using var stranger = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(stage.ConnectionString) { ApplicationName = application, Pooling = false }.ConnectionString);
        await stranger.OpenAsync(Token);
        await using (var take = new NpgsqlCommand("SELECT pg_advisory_lock(6648940, hashtext('lane warehouse'))", stranger))
        {
            await take.ExecuteNonQueryAsync(Token);
        }

        stage.StartLane(configure: o => o.HolderSilence = TimeSpan.FromSeconds(1));
        string? waits = null;
        await QueueStage.UntilAsync(
            async () => (waits = (await stage.Get<ILoadQueries>().LanesAsync(Token)).SingleOrDefault(l => l.Target == QueueStage.Target)?.WaitsFor) is not null,
            () => "the lane says nothing");
        Assert.Contains($"session {stranger.ProcessID} of role {new NpgsqlConnectionStringBuilder(stage.ConnectionString).Username} (application {application}", waits, StringComparison.Ordinal);
        Assert.Contains($"pg_terminate_backend({stranger.ProcessID})", waits, StringComparison.Ordinal);
        Assert.Equal(stranger.ProcessID, (await stage.Get<Boundaries>().FindLockHolderAsync(QueueStage.Target, Token))!.Backend);
        Assert.Single(stage.Logs, l => l.Contains("cannot be taken", StringComparison.Ordinal));

        await stranger.CloseAsync();
        await stage.UntilAsync(load, LoadStatus.Loaded);
        Assert.Null((await stage.Get<ILoadQueries>().LanesAsync(Token)).Single(l => l.Target == QueueStage.Target).WaitsFor);
    }

    [Fact]
    public async Task A_loader_that_holds_the_lane_is_not_a_stranger_to_a_standby()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        stage.StartLane();
        await stage.UntilAsync(await stage.AcceptAsync(), LoadStatus.Loaded);
        stage.StartLane(configure: o => o.HolderSilence = TimeSpan.FromSeconds(2));
        await QueueStage.UntilAsync(() => Task.FromResult(stage.Logs.Any(l => l.Contains("stands by", StringComparison.Ordinal))), () => "nobody stands by");
        await stage.UntilAsync(await stage.AcceptAsync(), LoadStatus.Loaded);
        Assert.DoesNotContain(stage.Logs, l => l.Contains("cannot be taken", StringComparison.Ordinal));
        Assert.True((await stage.Get<Boundaries>().FindLockHolderAsync(QueueStage.Target, Token))!.IsNamedAsLoader(QueueStage.Target));
    }
}

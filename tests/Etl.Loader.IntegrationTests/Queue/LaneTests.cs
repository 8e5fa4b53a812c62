using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue;

namespace Etl.Loader.IntegrationTests.Queue;

public class LaneTests(PostgresServer server)
{
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
}

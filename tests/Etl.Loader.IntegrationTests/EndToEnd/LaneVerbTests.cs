namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>Lanes that are paused keep what waits for them, so these tests have an <c>up</c> of their own.</summary>
public sealed class LaneVerbTests(SharedUp shared) : IClassFixture<SharedUp>
{
    private RunningUp Up => shared.Up;

    [Fact]
    public async Task A_paused_lane_keeps_its_loads_and_a_cancelled_one_never_runs()
    {
        (await Up.RunVerbAsync("pause", "warehouse", "--reason", "maintenance")).Ended(0);
        Up.Deliver("warehouse", "kept.csv", "id\n1\n");
        Up.Deliver("warehouse", "dropped.csv", "id\n1\n");
        Up.Deliver("lake", "other-lane.csv", "id\n1\n");
        await Up.LoadedAsync("lake", "other-lane.csv");
        (await Up.RunVerbAsync("wait", "file:kept.csv", "--timeout", "2s")).Ended(4);

        var lane = (await Up.RunVerbAsync("status", "--json")).Json().GetProperty("lanes").EnumerateArray().Single(l => l.GetProperty("target").GetString() == "warehouse");
        Assert.Equal("maintenance", lane.GetProperty("pause_reason").GetString());
        Assert.Equal(2, lane.GetProperty("queued_loads").GetInt64());

        var dropped = (await Up.RunVerbAsync("loads", "file:dropped.csv", "--json")).Json()[0].GetProperty("load_id").GetString()!;
        (await Up.RunVerbAsync("cancel", dropped)).Ended(0);
        (await Up.RunVerbAsync("resume", "warehouse")).Ended(0);
        await Up.LoadedAsync("warehouse", "kept.csv");
        (await Up.RunVerbAsync("wait", dropped, "--timeout", "60s")).Ended(1);

        Assert.Equal([["cancelled"]], await Up.QueueAsync($"SELECT status FROM etl_loader.load_status WHERE load_id = '{dropped}'"));
        Assert.Equal([["0"]], await Up.WarehouseAsync("SELECT count(*) FROM etl_loader.receipts WHERE dataset = 'dropped.csv'"));
        Assert.Contains("cancelled", (await Up.FailedAsync("warehouse", "dropped.csv")).Text, StringComparison.Ordinal);
    }
}

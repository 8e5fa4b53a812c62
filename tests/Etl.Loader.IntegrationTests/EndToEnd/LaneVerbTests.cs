namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>Lanes that are paused keep what waits for them, so these tests have an <c>up</c> of their own.</summary>
public sealed class LaneVerbTests(SharedUp shared) : IClassFixture<SharedUp>
{
    private RunningUp Up => shared.Up;

    [Fact]
    public async Task A_delivery_over_a_queued_one_supersedes_it_and_each_wait_ends_with_its_own_load()
    {
        (await Up.RunVerbAsync("pause", "lake", "--reason", "vacuum")).Ended(0);
        Assert.Contains("already paused by", (await Up.RunVerbAsync("pause", "lake", "--reason", "mine")).Ended(0).Out, StringComparison.Ordinal);
        var file = Path.Combine(Up.Outside, "again.csv");
        await File.WriteAllTextAsync(file, "id\n1\n", TestContext.Current.CancellationToken);
        var older = Up.RunVerbAsync("deliver", file, "--inbox", "lake", "--wait", "--timeout", "120s");
        await Deadline.UntilAsync(() => File.Exists(Up.InboxPath("lake", "again.csv.queued")), () => "not accepted", token: TestContext.Current.CancellationToken);

        await File.WriteAllTextAsync(file, "id\n2\n", TestContext.Current.CancellationToken);
        var newer = Up.RunVerbAsync("deliver", file, "--inbox", "lake", "--wait", "--timeout", "120s");
        await Deadline.WaitAsync(
            async () => (await Up.QueueAsync("SELECT count(*) FROM etl_loader.load_status WHERE dataset = 'again.csv'"))[0][0] == "2" ? "" : null,
            () => "the newer delivery was not accepted", token: TestContext.Current.CancellationToken);
        (await Up.RunVerbAsync("resume", "lake")).Ended(0);

        (await newer).Ended(0);
        Assert.Contains("superseded", (await older).Out, StringComparison.Ordinal);
        Assert.Equal(
            [["superseded"], ["loaded"]], await Up.QueueAsync("SELECT status FROM etl_loader.load_status WHERE dataset = 'again.csv' ORDER BY load_id"));
        Assert.Equal([["2"]], await Up.LakeAsync("SELECT CAST(id AS VARCHAR) FROM again"));
        Assert.Equal(
            [["0"]], await Up.QueueAsync("SELECT count(*) FROM etl_loader.attempts AS a JOIN etl_loader.load AS l USING (load_id) WHERE l.dataset = 'again.csv' AND a.outcome = 'failed'"));
    }

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

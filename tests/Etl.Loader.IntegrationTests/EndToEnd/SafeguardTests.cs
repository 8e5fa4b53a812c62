using Npgsql;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>One bad load does not hold up its lane forever: what kills its loader again and again is set aside, what hangs is ended.</summary>
public sealed class SafeguardTests
{
    private const string Rows = "id,amount\n1,9.50\n2,12.00\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_load_that_kills_its_loader_three_times_is_set_aside_and_the_next_is_loaded()
    {
        await using var up = await RunningUp.StartAsync();
        await up.StopAsync();
        up.Deliver("warehouse", "deadly.csv", Rows);
        for (var i = 0; i < 3; i++)
        {
            await up.StartToDieAsync(CrashPoint.Name("Targets/PostgreSql/Sql/receipts.sql", "add"));
        }

        await up.StartAgainAsync();
        await up.FailedAsync("warehouse", "deadly.csv");
        up.Deliver("warehouse", "next.csv", Rows);
        await up.LoadedAsync("warehouse", "next.csv");

        Assert.Equal([["failed", "deadly.csv: the loader was killed 3 times while it ran this load, without a new checkpoint in between."]], await up.QueueAsync(
            "SELECT status, error FROM etl_loader.load WHERE dataset = 'deadly.csv'"));
        Assert.Equal([["crashed", "3"], ["failed", "1"]], await up.QueueAsync(
            "SELECT outcome, count(*)::text FROM etl_loader.attempts JOIN etl_loader.load USING (load_id) WHERE dataset = 'deadly.csv' GROUP BY outcome ORDER BY min(attempts.attempt)"));
        Assert.Equal([["next.csv"]], await up.WarehouseAsync("SELECT dataset FROM etl_loader.receipts"));
        await up.StopAsync();
    }

    [Theory]
    [InlineData("Loader:Loads:StallLimit", "ACCESS EXCLUSIVE", "hangs.csv: no progress for 00:00:02%")]
    [InlineData("Loader:Targets:warehouse:PublishWait", "SHARE ROW EXCLUSIVE", "%lock timeout%")]
    public async Task A_load_that_hangs_at_its_beginning_or_at_its_publish_is_ended_and_tried_again(string limit, string mode, string error)
    {
        await using var up = await RunningUp.StartAsync(
            ["--set", limit + "=00:00:02", .. Enumerable.Range(0, 50).SelectMany(i => (string[])["--set", $"Loader:Loads:RetryDelays:{i}=00:00:01"])]);
        up.Deliver("warehouse", "first.csv", Rows);
        await up.LoadedAsync("warehouse", "first.csv");
        await using var blocker = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(up.Ready.Warehouse) { Pooling = false }.ConnectionString);
        await blocker.OpenAsync(Token);
        await using var transaction = await blocker.BeginTransactionAsync(Token);
        await using (var hold = new NpgsqlCommand($"LOCK TABLE etl_loader.receipts IN {mode} MODE", blocker))
        {
            await hold.ExecuteNonQueryAsync(Token);
        }

        up.Deliver("warehouse", "hangs.csv", Rows);
        await Deadline.WaitAsync(
            async () => (await up.QueueAsync($"SELECT 1 FROM etl_loader.attempts WHERE error LIKE '{error}'")).Count > 0 ? "" : null,
            () => $"no attempt was ended:\n{up.Said}",
            token: Token);
        await transaction.CommitAsync(Token);
        await up.LoadedAsync("warehouse", "hangs.csv");

        Assert.Equal([["1"]], await up.WarehouseAsync("SELECT count(*)::text FROM etl_loader.receipts WHERE dataset = 'hangs.csv'"));
        Assert.Equal([["2"]], await up.WarehouseAsync("SELECT count(*)::text FROM hangs"));
        await up.StopAsync();
    }
}

using Etl.Loader.Chaos.Installation;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.PostgreSql;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Targets.PostgreSql;

/// <summary>A line that is dead without a word: nothing ends it but us.</summary>
public sealed class DeadLineTests(PostgresServer server)
{
    private const int Rows = 4_000;
    private static readonly PostgreSqlTuning Impatient = new() { LinePatience = TimeSpan.FromSeconds(2) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_load_whose_rows_get_lost_on_the_line_ends_as_an_outage_and_leaves_the_server_nothing(bool newLinesWork)
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var wire = Between(database, out var behind);
        await using var loader = new TargetDriver(behind.Target(Impatient, new TargetOptions { Streams = 1 }));
        var request = await loader.RequestAsync("orders", Wide(row =>
        {
            if (row == 500)
            {
                if (newLinesWork)
                {
                    wire.Forget();
                }
                else
                {
                    wire.Stall();
                }
            }
        }));
        await AssertOutageAsync(() => loader.StageAsync(request));
        if (newLinesWork)
        {
            await AssertEndedAsync(database);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_load_whose_rows_are_all_sent_when_the_line_dies_ends_as_an_outage(bool serverLetsGo)
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var wire = Between(database, out var behind);
        await using var loader = new TargetDriver(behind.Target(Impatient, new TargetOptions { Streams = 1 }));
        var request = await loader.RequestAsync("orders", Small(_ => Die(wire, serverLetsGo)));
        await AssertOutageAsync(() => loader.StageAsync(request));
        await AssertEndedAsync(database);
        await loader.LoadAsync("orders", Small());
        Assert.Equal("1", (await database.QueryAsync("SELECT count(*) FROM orders"))[0][0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_load_whose_line_dies_before_the_publish_ends_as_an_outage(bool serverLetsGo)
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var wire = Between(database, out var behind);
        await using var loader = new TargetDriver(behind.Target(Impatient, new TargetOptions { Streams = 1 }));
        var request = await loader.RequestAsync("orders", Small());
        await using (var staged = await loader.StageAsync(request))
        {
            Die(wire, serverLetsGo);
            await AssertOutageAsync(() => loader.PublishAsync(request, staged));
        }

        await AssertEndedAsync(database);
        await loader.LoadAsync("orders", Small());
    }

    [Fact]
    public async Task A_server_that_works_for_longer_than_the_line_is_trusted_is_waited_for()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var wire = Between(database, out var behind);
        await using var loader = new TargetDriver(behind.Target(Impatient, new TargetOptions { Streams = 1 }));
        await loader.LoadAsync("orders", Small());
        await database.QueryAsync(
            "CREATE FUNCTION slow(text) RETURNS boolean IMMUTABLE LANGUAGE sql RETURN $1 <> pg_sleep(7)::text; ALTER TABLE orders ADD CONSTRAINT slow CHECK (slow(id))");
        await loader.LoadAsync("orders", Small());
        Assert.Equal("2", (await database.QueryAsync("SELECT count(*) FROM etl_loader.receipts"))[0][0]);
    }

    private static void Die(Wire wire, bool serverLetsGo)
    {
        if (serverLetsGo)
        {
            wire.HalfOpen();
        }
        else
        {
            wire.Forget();
        }
    }

    private static Wire Between(PostgreSqlDatabase database, out PostgreSqlDatabase behind)
    {
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var port = settings.Port;
        var wire = new Wire(() => port);
        (settings.Host, settings.Port, settings.SslMode) = ("127.0.0.1", wire.Port, SslMode.Disable);
        behind = new PostgreSqlDatabase(settings.ConnectionString);
        return wire;
    }

    private static MemoryDataset Small(Action<long>? beforeRow = null) => Dataset([["1"]], beforeRow);

    /// <summary>More than all buffers on the way to the server take.</summary>
    private static MemoryDataset Wide(Action<long> beforeRow)
    {
        var wide = new string('x', 16_000);
        return Dataset([.. Enumerable.Range(0, Rows).Select(_ => new[] { wide })], beforeRow);
    }

    private static MemoryDataset Dataset(IReadOnlyList<string?[]> rows, Action<long>? beforeRow) =>
        new([new TargetColumn(0, "id", "id", ColumnType.Text)], rows) { BeforeRow = beforeRow };

    private static async Task AssertOutageAsync(Func<Task> load)
    {
        var dead = await Assert.ThrowsAnyAsync<NpgsqlException>(() => load().WaitAsync(TimeSpan.FromMinutes(1), Token));
        Assert.Equal(FaultKind.Outage, PostgreSqlFaults.Classify(dead).Kind);
        Assert.Contains("dead", PostgreSqlFaults.Classify(dead).Reason, StringComparison.Ordinal);
    }

    /// <summary>The next attempt would wait for the locks of a lost one's transaction.</summary>
    private static async Task AssertEndedAsync(PostgreSqlDatabase database)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while ((await database.QueryAsync("SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'etl-loader lane=%' AND state <> 'idle'")).Count > 0)
        {
            await Task.Delay(50, deadline.Token);
        }
    }
}

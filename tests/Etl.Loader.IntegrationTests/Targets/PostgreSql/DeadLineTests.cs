using Etl.Loader.Chaos.Installation;
using Etl.Loader.Faults;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.PostgreSql;
using Npgsql;
using PostgreSqlFaults = Etl.Loader.Targets.PostgreSql.Faults;
using PostgreSqlTuning = Etl.Loader.Targets.PostgreSql.Settings;

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
        await using var line = await Line.CreateAsync(server);
        var request = await line.Loader.RequestAsync("orders", Wide(row =>
        {
            if (row == 500)
            {
                if (newLinesWork)
                {
                    line.Wire.Forget();
                }
                else
                {
                    line.Wire.Stall();
                }
            }
        }));
        await AssertOutageAsync(() => line.Loader.StageAsync(request));
        if (newLinesWork)
        {
            await AssertEndedAsync(line.Database);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_load_whose_rows_are_all_sent_when_the_line_dies_ends_as_an_outage(bool serverLetsGo)
    {
        await using var line = await Line.CreateAsync(server);
        var request = await line.Loader.RequestAsync("orders", Small(_ => Die(line.Wire, serverLetsGo)));
        await AssertOutageAsync(() => line.Loader.StageAsync(request));
        await AssertEndedAsync(line.Database);
        await line.Loader.LoadAsync("orders", Small());
        Assert.Equal("1", (await line.Database.QueryAsync("SELECT count(*) FROM orders"))[0][0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_load_whose_line_dies_before_the_publish_ends_as_an_outage(bool serverLetsGo)
    {
        await using var line = await Line.CreateAsync(server);
        var request = await line.Loader.RequestAsync("orders", Small());
        await using (var staged = await line.Loader.StageAsync(request))
        {
            Die(line.Wire, serverLetsGo);
            await AssertOutageAsync(() => line.Loader.PublishAsync(request, staged));
        }

        await AssertEndedAsync(line.Database);
        await line.Loader.LoadAsync("orders", Small());
    }

    [Fact]
    public async Task A_server_that_works_for_longer_than_the_line_is_trusted_is_waited_for()
    {
        await using var line = await Line.CreateAsync(server);
        await line.Loader.LoadAsync("orders", Small());
        await line.Database.QueryAsync(
            "CREATE FUNCTION slow(text) RETURNS boolean IMMUTABLE LANGUAGE sql RETURN $1 <> pg_sleep(7)::text; ALTER TABLE orders ADD CONSTRAINT slow CHECK (slow(id))");
        await line.Loader.LoadAsync("orders", Small());
        Assert.Equal("2", (await line.Database.QueryAsync("SELECT count(*) FROM etl_loader.receipts"))[0][0]);
    }

    /// <summary>So long as the server deletes the files of the table that was replaced; here the answer is on its way forever.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_publish_that_stands_is_reported_before_the_answer_to_its_commit(bool chunked)
    {
        await using var line = await Line.CreateAsync(server, chunked ? Impatient with { ChunkedFrom = 0 } : Impatient);
        await line.Loader.LoadAsync("orders", Small());
        var request = await line.Loader.RequestAsync("orders", Small());
        await using (var staged = await line.Loader.StageAsync(request))
        {
            line.Wire.HoldAnswerTo("COMMIT\0");
            var outcome = await line.Loader.PublishAsync(request, staged).WaitAsync(TimeSpan.FromMinutes(1), Token);
            Assert.Equal(request.Load, outcome.Receipt!.LoadId);
        }

        line.Wire.GoOn();
        await line.Loader.LoadAsync("orders", Small());
        Assert.Equal("3", (await line.Database.QueryAsync("SELECT count(*) FROM etl_loader.receipts"))[0][0]);
    }

    [Fact]
    public async Task A_commit_that_is_answered_is_not_held_up_by_a_look_that_is_not()
    {
        await using var line = await Line.CreateAsync(server);
        await line.Loader.LoadAsync("orders", Small());
        await line.Database.QueryAsync(
            """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(3); RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON etl_loader.receipts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()
            """);
        var request = await line.Loader.RequestAsync("orders", Small());
        await using var staged = await line.Loader.StageAsync(request);
        var publishing = line.Loader.PublishAsync(request, staged);
        await UntilAsync(line.Database, "SELECT 1 FROM pg_locks WHERE relation = 'etl_loader.receipts'::regclass AND mode = 'RowExclusiveLock'");

        // Who looks now is behind it.
        await using var other = new NpgsqlConnection(line.Database.ConnectionString);
        await other.OpenAsync(Token);
        await using var transaction = await other.BeginTransactionAsync(Token);
        await using var command = new NpgsqlCommand("LOCK TABLE etl_loader.receipts", other, transaction);
        await command.ExecuteNonQueryAsync(Token);
        Assert.Equal(request.Load, (await publishing.WaitAsync(TimeSpan.FromSeconds(30), Token)).Receipt!.LoadId);
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
        Assert.Equal(FaultKind.Outage, PostgreSqlFaults.Classify("warehouse", dead).Kind);
        Assert.Contains("dead", PostgreSqlFaults.Classify("warehouse", dead).Reason, StringComparison.Ordinal);
    }

    /// <summary>The next attempt would wait for the locks of a lost one's transaction.</summary>
    private static Task AssertEndedAsync(PostgreSqlDatabase database) => UntilAsync(
        database, "SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name LIKE 'etl-loader lane=%' AND state <> 'idle')");

    private static async Task UntilAsync(PostgreSqlDatabase database, string rowsOnceTrue)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while ((await database.QueryAsync(rowsOnceTrue)).Count == 0)
        {
            await Task.Delay(50, deadline.Token);
        }
    }

    /// <summary>A database, and a loader that reaches it over a line that can be broken.</summary>
    private sealed record Line(PostgreSqlDatabase Database, Wire Wire, TargetDriver Loader) : IAsyncDisposable
    {
        public static async Task<Line> CreateAsync(PostgresServer server, PostgreSqlTuning? tuning = null)
        {
            var database = await PostgreSqlDatabase.CreateAsync(server);
            var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
            var port = settings.Port;
            var wire = new Wire(() => port);
            (settings.Host, settings.Port, settings.SslMode) = ("127.0.0.1", wire.Port, SslMode.Disable);
            var options = new TargetOptions { ConnectionString = settings.ConnectionString, Streams = 1 };
            return new(database, wire, new TargetDriver(database.Target(tuning ?? Impatient, options)));
        }

        public async ValueTask DisposeAsync()
        {
            await Loader.DisposeAsync();
            await Wire.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}

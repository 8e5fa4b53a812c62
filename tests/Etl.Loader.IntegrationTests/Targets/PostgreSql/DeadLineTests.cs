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
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var port = settings.Port;
        await using var wire = new Wire(() => port);
        (settings.Host, settings.Port, settings.SslMode) = ("127.0.0.1", wire.Port, SslMode.Disable);
        await using var behind = new PostgreSqlDatabase(settings.ConnectionString);
        await using var loader = new TargetDriver(behind.Target(Impatient, new TargetOptions { Streams = 1 }));
        var wide = new string('x', 16_000);
        var dataset = new MemoryDataset(
            [new TargetColumn(0, "id", "id", ColumnType.Text)], [.. Enumerable.Range(0, Rows).Select(_ => new[] { wide })])
        {
            BeforeRow = row =>
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
            },
        };
        var request = await loader.RequestAsync("orders", dataset);
        var dead = await Assert.ThrowsAnyAsync<NpgsqlException>(() => loader.StageAsync(request).WaitAsync(TimeSpan.FromMinutes(1), Token));
        Assert.Equal(FaultKind.Outage, PostgreSqlFaults.Classify(dead).Kind);
        Assert.Contains("dead", PostgreSqlFaults.Classify(dead).Reason, StringComparison.Ordinal);
        if (newLinesWork)
        {
            // The next attempt would wait for the locks of the lost one's transaction.
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
            deadline.CancelAfter(TimeSpan.FromSeconds(20));
            while ((await database.QueryAsync("SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'etl-loader lane=%' AND state <> 'idle'")).Count > 0)
            {
                await Task.Delay(50, deadline.Token);
            }
        }
    }
}

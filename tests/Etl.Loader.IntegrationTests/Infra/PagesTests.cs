using Etl.Loader.IntegrationTests.EndToEnd;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Infra;

/// <summary>What the pages give producers and operators to type does what they say.</summary>
public sealed class PagesTests(SharedUp shared) : IClassFixture<SharedUp>
{
    [Fact]
    public async Task Each_way_of_delivering_is_loaded()
    {
        var count = await PageSnippets.RunAsync("producers.md", shared.Up.Outside, new Dictionary<string, string>
        {
            ["INBOX"] = shared.Up.InboxPath("warehouse", "").TrimEnd('/'),
            ["SOURCE"] = PageSnippets.ForLibpq(shared.Up.Ready.Warehouse),
        });
        Assert.Equal(5, count);
        foreach (var file in new[] { "from_bash.csv", "from_bash_checked.csv", "from_python.csv", "from_sql.csv" })
        {
            await shared.Up.LoadedAsync("warehouse", file);
        }
    }

    [Fact]
    public async Task A_backup_by_the_page_restores_loads_tables_and_receipts()
    {
        shared.Up.Deliver("warehouse", "saved.csv", "id\n1\n2\n");
        await shared.Up.LoadedAsync("warehouse", "saved.csv");
        var (queue, warehouse) = (await CreateAsync(shared.Up.Ready.Queue, "queue_restored"), await CreateAsync(shared.Up.Ready.Warehouse, "warehouse_restored"));
        Assert.Equal(2, await PageSnippets.RunAsync("operating.md", shared.Up.Outside, new Dictionary<string, string>
        {
            ["QUEUE"] = PageSnippets.ForLibpq(shared.Up.Ready.Queue),
            ["WAREHOUSE"] = PageSnippets.ForLibpq(shared.Up.Ready.Warehouse),
            ["QUEUE_RESTORED"] = PageSnippets.ForLibpq(queue),
            ["WAREHOUSE_RESTORED"] = PageSnippets.ForLibpq(warehouse),
        }));
        Assert.Equal("loaded", await ScalarAsync(queue, "SELECT status FROM etl_loader.load_status WHERE dataset = 'saved.csv'"));
        Assert.Equal(1L, await ScalarAsync(warehouse, "SELECT count(*) FROM etl_loader.receipts WHERE dataset = 'saved.csv'"));
        Assert.Equal(2L, await ScalarAsync(warehouse, "SELECT count(*) FROM saved"));
    }

    private static async Task<string> CreateAsync(string beside, string name)
    {
        await ScalarAsync(beside, $"CREATE DATABASE {name}");
        return new NpgsqlConnectionStringBuilder(beside) { Database = name }.ConnectionString;
    }

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}

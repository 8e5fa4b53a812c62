using Etl.Loader.IntegrationTests.Queue;
using Etl.Loader.IntegrationTests.Support;

namespace Etl.Loader.IntegrationTests.Durability;

/// <summary>What dead and finished loads leave in a target disappears on its own, and nothing that a load still needs.</summary>
public class LeftoverTests(PostgresServer server)
{
    [Fact]
    public async Task The_holder_removes_staging_that_no_load_needs_and_keeps_what_may_be_gone_on_from()
    {
        await using var installation = await Installation.StartedAsync(server);
        var loaded = await installation.LoadAsync("warehouse", "a.csv", "id\n1\n");
        var cancelled = await installation.LoadAsync("warehouse", "b.csv", "id\n1\n");
        var failed = await installation.LoadAsync("warehouse", "c.csv", "id\n1\n");
        var failedLongAgo = await installation.LoadAsync("warehouse", "d.csv", "id\n1\n");
        var queued = await installation.LoadAsync("warehouse", "e.csv", "id\n1\n");
        var unknown = LoadId.New(TimeProvider.System);
        var unknownLongAgo = new LoadId(Guid.CreateVersion7(TimeProvider.System.GetUtcNow().AddDays(-8)));
        await installation.StopAsync();
        await StandAsync(installation, cancelled, "status = 'cancelled', receipt = NULL");
        await StandAsync(installation, failed, "status = 'failed', receipt = NULL, finished_at = now() - interval '6 days'");
        await StandAsync(installation, failedLongAgo, "status = 'failed', receipt = NULL, finished_at = now() - interval '8 days'");
        await StandAsync(installation, queued, "status = 'retrying', receipt = NULL, finished_at = NULL, next_attempt_at = now() + interval '1 hour'");
        await Installation.ExecuteAsync(installation.Queue, "UPDATE etl_loader.attempts SET outcome = 'failed'");
        await Installation.ExecuteAsync(installation.Warehouse, $"DELETE FROM etl_loader.receipts WHERE load_id IN ('{cancelled}', '{failed}', '{failedLongAgo}', '{queued}')");
        foreach (var load in new[] { loaded, cancelled, failed, failedLongAgo, queued, unknown, unknownLongAgo })
        {
            await Installation.ExecuteAsync(installation.Warehouse, $"CREATE TABLE etl_loader_staging.\"{load}\" (id int)");
            await Installation.ExecuteAsync(installation.Warehouse, $"INSERT INTO etl_loader.checkpoints VALUES ('{load}', 0, 0, 'x', 1, 0)");
        }

        await installation.StartAsync();
        var kept = new[] { failed, queued, unknown }.Select(l => l.ToString()).Order(StringComparer.Ordinal).ToArray();
        string[] tables = [];
        await QueueStage.UntilAsync(
            async () => (tables = await Installation.ScalarAsync<string[]>(
                installation.Warehouse,
                "SELECT coalesce(array_agg(relname::text ORDER BY relname::text COLLATE \"C\"), '{}') FROM pg_class WHERE relnamespace = 'etl_loader_staging'::regnamespace AND relkind = 'r'")).SequenceEqual(kept),
            () => $"in staging are {string.Join(", ", tables)}, to be kept were {string.Join(", ", kept)}");
        Assert.Equal(3, await installation.CountAsync("etl_loader.checkpoints"));
    }

    [Fact]
    public async Task The_holder_removes_what_a_dead_load_left_in_a_DuckDB_file()
    {
        await using var installation = await Installation.StartedAsync(server);
        var load = await installation.LoadAsync("lake", "a.csv", "id\n1\n");
        await installation.StopAsync();
        using (var connection = new DuckDB.NET.Data.DuckDBConnection("DataSource=" + installation.Lake))
        {
            await connection.OpenAsync(Installation.Token);
            await using var command = connection.CreateCommand();
            command.CommandText = $"CREATE TABLE main.\"__etl_{load}\" (id INTEGER)";
            await command.ExecuteNonQueryAsync(Installation.Token);
        }

        var links = Directory.CreateDirectory(installation.Lake + ".etl-loader/links/left");
        await installation.StartAsync();
        var target = installation.Get<Etl.Loader.Targets.TargetCatalog>().Get("lake");
        await QueueStage.UntilAsync(async () => (await target.Upkeep.StagedLoadsAsync(Installation.Token)).Count == 0, () => "the staging table stays");
        Assert.False(Directory.Exists(links.FullName));
    }

    private static Task StandAsync(Installation installation, LoadId load, string set) =>
        Installation.ExecuteAsync(installation.Queue, $"UPDATE etl_loader.load SET {set} WHERE load_id = '{load}'");
}

using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Ledger;

public class LedgerMigratorTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Several_processes_that_migrate_an_empty_database_at_once_all_succeed()
    {
        var connectionString = await server.CreateDatabaseAsync("migrate");
        var databases = Enumerable.Range(0, 6).Select(_ => Open(connectionString)).ToArray();
        await Task.WhenAll(databases.Select(d => Task.Run(() => DatabaseStartup.MigrateAsync(new LedgerMigrator(d), new HangfireSchema(d), Token), Token)));
        Assert.True(await new LedgerMigrator(databases[0]).IsCurrentAsync(Token));
        Assert.True(await new HangfireSchema(databases[0]).IsCurrentAsync(Token));
        Assert.Equal(1L, await ScalarAsync<long>(databases[0], "SELECT count(*) FROM etl_loader.installation"));
        foreach (var database in databases)
        {
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task Migrating_again_does_nothing()
    {
        await using var database = Open(await server.CreateDatabaseAsync("migrate"));
        var migrator = new LedgerMigrator(database);
        Assert.False(await migrator.IsCurrentAsync(Token));
        Assert.Equal(LedgerMigrator.Migrations.Select(m => m.Version), await migrator.MigrateAsync(Token));
        Assert.Empty(await migrator.MigrateAsync(Token));
    }

    [Fact]
    public async Task The_script_for_a_DBA_makes_the_same_as_migrating()
    {
        await using var database = Open(await server.CreateDatabaseAsync("migrate"));
        await ExecuteAsync(database, LedgerMigrator.Script());
        await ExecuteAsync(database, HangfireSchema.Script());
        Assert.True(await new LedgerMigrator(database).IsCurrentAsync(Token));
        Assert.True(await new HangfireSchema(database).IsCurrentAsync(Token));
        Assert.Empty(await new LedgerMigrator(database).MigrateAsync(Token));
    }

    [Fact]
    public async Task A_step_applied_by_another_build_is_refused_by_name()
    {
        await using var database = Open(await server.CreateDatabaseAsync("migrate"));
        await new LedgerMigrator(database).MigrateAsync(Token);
        await ExecuteAsync(database, "UPDATE etl_loader.migrations SET checksum = repeat('0', 64)");
        var refusal = await Assert.ThrowsAsync<LoaderException>(() => new LedgerMigrator(database).IsCurrentAsync(Token));
        Assert.Contains("step 1 (ledger)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_of_a_newer_version_is_worked_with_unless_it_says_that_it_needs_that_version()
    {
        await using var database = Open(await server.CreateDatabaseAsync("migrate"));
        await new LedgerMigrator(database).MigrateAsync(Token);
        const string Later = "INSERT INTO etl_loader.migrations (component, version, name, checksum) VALUES ";
        await ExecuteAsync(database, Later + "('ledger', 998, 'more', ''), ('ledger', 999, 'still more', '')");
        Assert.True(await new LedgerMigrator(database).IsCurrentAsync(Token));
        Assert.Empty(await new LedgerMigrator(database).MigrateAsync(Token));

        await ExecuteAsync(database, Later + "('ledger needs', 998, 'one column less', '')");
        var refusal = await Assert.ThrowsAsync<LoaderException>(() => new LedgerMigrator(database).MigrateAsync(Token));
        Assert.Contains("step 998", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LoaderException>(() => new LedgerMigrator(database).IsCurrentAsync(Token));
    }

    [Fact]
    public async Task Steps_of_other_components_do_not_count()
    {
        await using var database = Open(await server.CreateDatabaseAsync("migrate"));
        await new LedgerMigrator(database).MigrateAsync(Token);
        await ExecuteAsync(database, "INSERT INTO etl_loader.migrations (component, version, name, checksum) VALUES ('target', 999, 'other', '')");
        Assert.True(await new LedgerMigrator(database).IsCurrentAsync(Token));
    }

    [Fact]
    public async Task A_process_that_may_not_migrate_says_what_is_missing()
    {
        await using var database = Open(await server.CreateDatabaseAsync("migrate"));
        Assert.Contains("older than this version needs", await Startup(database, migrate: false).RunOnceAsync(Token), StringComparison.Ordinal);
        Assert.Null(await Startup(database, migrate: true).RunOnceAsync(Token));
        Assert.Null(await Startup(database, migrate: false).RunOnceAsync(Token));
    }

    [Fact]
    public async Task The_status_view_has_the_promised_columns_in_order()
    {
        await using var database = Open(await server.CreateDatabaseAsync("migrate"));
        await new LedgerMigrator(database).MigrateAsync(Token);
        Assert.Equal(
            "load_id, inbox, dataset, target, table_name, status, stage, attempt, rows_loaded, rows_rejected, bytes_done, bytes_total, accepted_at, started_at, finished_at, next_attempt_at, waits_for, error, job_id",
            await ScalarAsync<string>(database, "SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_schema = 'etl_loader' AND table_name = 'load_status'"));
    }

    [Fact]
    public async Task Loads_that_failed_before_an_upgrade_have_the_causes_of_those_that_fail_after_it()
    {
        await using var database = Open(await server.CreateDatabaseAsync("migrate"));
        await ExecuteAsync(database, LedgerMigrator.Script().Split("-- 007 ")[0] + "COMMIT;");
        await ExecuteAsync(
            database,
            """
            INSERT INTO etl_loader.load (load_id, inbox, dataset, target, table_name, mode, priority, status, stage, spec, finished_at, error, fault, cause)
            SELECT gen_random_uuid(), 'in', t || '.csv', 'warehouse', t, 'replace', 'normal', status, 'accepted', '{}', now(), error, 'data',
                   CASE status WHEN 'failed' THEN etl_loader.cause_of('data', error, t || '.csv', t) END
              FROM (VALUES ('failed', 'book'), ('failed', 'orders'), ('failed', 'is'), ('cancelled', 'book')) AS l (status, t)
             CROSS JOIN LATERAL (SELECT t || '.csv is not text but a ZIP archive or a workbook.') AS e (error)
            """);
        const string Causes = "SELECT count(DISTINCT cause) FROM etl_loader.load WHERE cause IS NOT NULL";
        Assert.Equal(3L, await ScalarAsync<long>(database, Causes));

        await new LedgerMigrator(database).MigrateAsync(Token);
        Assert.Equal(1L, await ScalarAsync<long>(database, Causes));
        Assert.True(await ScalarAsync<bool>(
            database, "SELECT bool_and(cause IS NOT DISTINCT FROM CASE status WHEN 'failed' THEN etl_loader.cause_of(fault, error, dataset, table_name) END) FROM etl_loader.load"));
    }

    private static QueueDatabase Open(string connectionString) => new(Options.Create(new QueueOptions { ConnectionString = connectionString }));

    private static DatabaseStartup Startup(QueueDatabase database, bool migrate) => new(
        database, new LedgerMigrator(database), new HangfireSchema(database), new DatabaseReadiness(),
        Options.Create(new QueueOptions { MigrateAtStart = migrate }), TimeProvider.System, NullLogger<DatabaseStartup>.Instance);

    private static async Task ExecuteAsync(QueueDatabase database, string sql)
    {
        await using var connection = await database.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }

    private static async Task<T> ScalarAsync<T>(QueueDatabase database, string sql)
    {
        await using var connection = await database.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(Token))!;
    }
}

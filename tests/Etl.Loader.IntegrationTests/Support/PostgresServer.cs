using Etl.Loader.Ledger;
using Etl.Loader.Queue.Storage;
using Microsoft.Extensions.Options;
using Npgsql;

[assembly: AssemblyFixture(typeof(Etl.Loader.IntegrationTests.Support.PostgresServer))]

namespace Etl.Loader.IntegrationTests.Support;

/// <summary>
/// The PostgreSQL that all integration tests of a run share; each test class makes databases of its own in it: a private one that is
/// started for the run and removed after it, or the one that the environment variable <c>ETL_LOADER_TEST_POSTGRES</c> names (a superuser's connection string).
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private string _administration = "";
    private PrivateCluster? _cluster;
    private readonly Lazy<Task<string>> _queue;
    private int _databases;

    public PostgresServer() => _queue = new(MigrateAsync);

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable("ETL_LOADER_TEST_POSTGRES") is { Length: > 0 } given)
        {
            _administration = given;
            return;
        }

        _cluster = await PrivateCluster.CreateAsync();
        _administration = _cluster.Administration;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    /// <summary>A new, empty database; returns its connection string.</summary>
    public Task<string> CreateDatabaseAsync(string prefix = "test") => CreateAsync(prefix, "template1");

    /// <summary>A new queue database as a migration leaves it, of an installation of its own: copied from one that was migrated for the run.</summary>
    public async Task<string> CreateQueueAsync()
    {
        var queue = await CreateAsync("queue", new NpgsqlConnectionStringBuilder(await _queue.Value).Database!);
        await using var connection = new NpgsqlConnection(queue + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("update etl_loader.installation set id = gen_random_uuid()", connection);
        await command.ExecuteNonQueryAsync();
        return queue;
    }

    private async Task<string> CreateAsync(string prefix, string template)
    {
        var name = $"{prefix}_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}_{Random.Shared.Next():x}";
        await using var connection = new NpgsqlConnection(_administration);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database \"{name}\" template \"{template}\"", connection);
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(_administration) { Database = name, GssEncryptionMode = GssEncryptionMode.Disable }.ConnectionString;
    }

    /// <summary>A database that others are connected to cannot be copied: nothing of it is kept open.</summary>
    private async Task<string> MigrateAsync()
    {
        var queue = await CreateDatabaseAsync("template");
        await using var database = new QueueDatabase(Options.Create(new QueueOptions { ConnectionString = queue }));
        await DatabaseStartup.MigrateAsync(new LedgerMigrator(database), new HangfireSchema(database), CancellationToken.None);
        return queue;
    }
}

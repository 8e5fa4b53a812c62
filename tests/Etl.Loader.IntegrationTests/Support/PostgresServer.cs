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
    private int _databases;

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
    public async Task<string> CreateDatabaseAsync(string prefix = "test")
    {
        var name = $"{prefix}_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}_{Random.Shared.Next():x}";
        await using var connection = new NpgsqlConnection(_administration);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database \"{name}\"", connection);
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(_administration) { Database = name, GssEncryptionMode = GssEncryptionMode.Disable }.ConnectionString;
    }
}

using Npgsql;

[assembly: AssemblyFixture(typeof(Etl.Loader.IntegrationTests.Support.PostgresServer))]

namespace Etl.Loader.IntegrationTests.Support;

/// <summary>
/// The PostgreSQL that all integration tests of a run share; each test class makes databases of its own in it. The environment variable
/// <c>ETL_LOADER_TEST_POSTGRES</c> (a superuser's connection string) points to another server.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private string _administration = "";
    private int _databases;

    public ValueTask InitializeAsync()
    {
        _administration = Environment.GetEnvironmentVariable("ETL_LOADER_TEST_POSTGRES")
            ?? throw new InvalidOperationException("ETL_LOADER_TEST_POSTGRES is not set.");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        return ValueTask.CompletedTask;
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

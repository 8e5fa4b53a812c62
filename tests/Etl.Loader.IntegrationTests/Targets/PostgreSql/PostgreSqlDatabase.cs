using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Targets;
using Etl.Loader.Targets.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using PostgreSqlTarget = Etl.Loader.Targets.PostgreSql.Target;
using PostgreSqlTuning = Etl.Loader.Targets.PostgreSql.Settings;

namespace Etl.Loader.IntegrationTests.Targets.PostgreSql;

/// <summary>A database of one test, and targets on it.</summary>
internal sealed class PostgreSqlDatabase(string connectionString) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(connectionString);

    public string ConnectionString => connectionString;

    public static async Task<PostgreSqlDatabase> CreateAsync(PostgresServer server) => new(await server.CreateDatabaseAsync("target"));

    public PostgreSqlTarget Target(PostgreSqlTuning? tuning = null, TargetOptions? options = null, string name = "warehouse")
    {
        options ??= new TargetOptions { PublishWait = TimeSpan.FromSeconds(20) };
        options.ConnectionString ??= connectionString;
        return new PostgreSqlTarget(name, options, TimeProvider.System, NullLogger.Instance, tuning);
    }

    public ValueTask<NpgsqlConnection> OpenAsync() => _source.OpenConnectionAsync(TestContext.Current.CancellationToken);

    public async Task<IReadOnlyList<IReadOnlyList<string?>>> QueryAsync(string sql)
    {
        await using var connection = await OpenAsync();
        return await QueryAsync(connection, sql);
    }

    /// <summary>Every value as PostgreSQL writes it.</summary>
    public static async Task<IReadOnlyList<IReadOnlyList<string?>>> QueryAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<IReadOnlyList<string?>>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            var row = new string?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = await reader.IsDBNullAsync(i, TestContext.Current.CancellationToken) ? null : reader.GetString(i);
            }

            rows.Add(row);
        }

        return rows;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}

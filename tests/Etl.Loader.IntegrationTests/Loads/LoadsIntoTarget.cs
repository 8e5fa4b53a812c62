using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.IntegrationTests.Targets.DuckDb;
using Etl.Loader.IntegrationTests.Targets.PostgreSql;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Loads;

/// <summary>One target of a kind, with loads into it and a reader's view of it.</summary>
internal sealed class LoadsIntoTarget : IAsyncDisposable
{
    private readonly PostgreSqlDatabase? _database;
    private readonly Lake? _lake;

    private LoadsIntoTarget(PostgreSqlDatabase? database, Lake? lake)
    {
        (_database, _lake) = (database, lake);
        Loads = new FileLoads(database is null ? lake!.Target : database.Target(), database is null ? TargetKind.DuckDb : TargetKind.PostgreSql);
    }

    public FileLoads Loads { get; }

    public static async Task<LoadsIntoTarget> CreateAsync(string kind, PostgresServer server) => kind == nameof(TargetKind.DuckDb)
        ? new LoadsIntoTarget(null, Lake.Create())
        : new LoadsIntoTarget(await PostgreSqlDatabase.CreateAsync(server), null);

    /// <summary>Rows, every value as the database writes it.</summary>
    public Task<IReadOnlyList<IReadOnlyList<string?>>> QueryAsync(string sql) => _database is not null
        ? _database.QueryAsync(sql)
        : Task.FromResult<IReadOnlyList<IReadOnlyList<string?>>>([.. _lake!.Query(sql)]);

    public async ValueTask DisposeAsync()
    {
        await Loads.DisposeAsync();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        if (_lake is not null)
        {
            await _lake.DisposeAsync();
        }
    }
}

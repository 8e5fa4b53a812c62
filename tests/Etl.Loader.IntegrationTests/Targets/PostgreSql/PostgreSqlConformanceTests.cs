using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Targets.PostgreSql;

public sealed class PostgreSqlConformanceTests(PostgresServer server) : LoadTargetConformance, IAsyncLifetime
{
    private PostgreSqlDatabase? _database;

    private PostgreSqlDatabase Database => _database ?? throw new InvalidOperationException("Not initialised.");

    public async ValueTask InitializeAsync() => _database = await PostgreSqlDatabase.CreateAsync(server);

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    internal override Task<ILoadTarget> CreateTargetAsync() => Task.FromResult<ILoadTarget>(Database.Target());

    internal override Task<IReadOnlyList<IReadOnlyList<string?>>> QueryAsync(string sql) => Database.QueryAsync(sql);

    internal override Task ChangeAsync(string sql) => Database.QueryAsync(sql);
}

using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Targets.DuckDb;

public sealed class DuckDbConformanceTests : LoadTargetConformance, IAsyncDisposable
{
    private readonly Lake _lake = Lake.Create();

    public ValueTask DisposeAsync() => _lake.DisposeAsync();

    internal override Task<ILoadTarget> CreateTargetAsync() => Task.FromResult<ILoadTarget>(_lake.Another().Target);

    internal override Task<IReadOnlyList<IReadOnlyList<string?>>> QueryAsync(string sql) =>
        Task.FromResult<IReadOnlyList<IReadOnlyList<string?>>>([.. _lake.Query(sql)]);

    internal override Task ChangeAsync(string sql)
    {
        _lake.Execute(sql);
        return Task.CompletedTask;
    }
}

using Etl.Loader.Ledger;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Targets;

/// <summary>A target whose lane is held, and loads into it one after the other, each newer than the last.</summary>
internal sealed class TargetDriver(ILoadTarget target) : IAsyncDisposable
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;
    private long? _epoch;
    private long _sequence;

    public ILoadTarget Target => target;

    public async Task<long> EpochAsync() => _epoch ??= await LoadTargetConformance.TakeAsync(target);

    public async Task<StageRequest> RequestAsync(string table, MemoryDataset dataset, LoadMode mode = LoadMode.Replace, LoadId? load = null, string? schema = null, long rejectsMax = 0)
    {
        var request = LoadTargetConformance.Staging(target, await EpochAsync(), table, dataset, mode, rejectsMax, load);
        return schema is null ? request : request with { Table = new TableName(schema, table) };
    }

    public Task<IStagedLoad> StageAsync(StageRequest request) => target.StageAsync(request, new Progress<StageProgress>(), Token);

    public async Task<LoadReceipt> LoadAsync(string table, MemoryDataset dataset, LoadMode mode = LoadMode.Replace, bool adopt = false, string? schema = null, long rejectsMax = 0)
    {
        var request = await RequestAsync(table, dataset, mode, schema: schema, rejectsMax: rejectsMax);
        await using var staged = await StageAsync(request);
        return (await PublishAsync(request, staged, adopt)).Receipt!;
    }

    public Task<PublishOutcome> PublishAsync(StageRequest request, IStagedLoad staged, bool adopt = false, Action<string?>? waits = null) =>
        staged.PublishAsync(LoadTargetConformance.Publishing(request, staged, ++_sequence, adopt: adopt) with { Waits = waits ?? (static _ => { }) }, Token);

    public ValueTask DisposeAsync() => target.DisposeAsync();
}

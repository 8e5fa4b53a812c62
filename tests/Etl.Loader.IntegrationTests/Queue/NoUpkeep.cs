using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Queue;

/// <summary>Of a target that holds nothing.</summary>
internal sealed class NoUpkeep : ITargetUpkeep
{
    public Task<IReadOnlyList<ReceiptKey>> NewestReceiptsAsync(long below, int limit, CancellationToken token) => Nothing<ReceiptKey>();

    public Task<IReadOnlyList<LoadId>> WithoutReceiptAsync(IReadOnlyList<LoadId> loads, CancellationToken token) => Nothing<LoadId>();

    public Task<IReadOnlyList<MissingTable>> MissingTablesAsync(CancellationToken token) => Nothing<MissingTable>();

    public Task<IReadOnlyList<LoadId>> StagedLoadsAsync(CancellationToken token) => Nothing<LoadId>();

    public Task<long> ForgetRejectsAsync(DateTimeOffset before, long epoch, CancellationToken token) => Task.FromResult(0L);

    public Task<long?> FreeBytesAsync(CancellationToken token) => Task.FromResult<long?>(null);

    public long LeastBytes(long datasetBytes) => datasetBytes;

    private static Task<IReadOnlyList<T>> Nothing<T>() => Task.FromResult<IReadOnlyList<T>>([]);
}

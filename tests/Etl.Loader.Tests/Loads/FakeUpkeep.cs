using Etl.Loader.Targets;

namespace Etl.Loader.Tests.Loads;

/// <summary>Of a target that has nothing but the free space that a test gives it.</summary>
internal sealed class FakeUpkeep : ITargetUpkeep
{
    /// <summary>What is free at each look, the last one forever; none: not known.</summary>
    public Queue<long?> Free { get; } = new();

    public Task<IReadOnlyList<ReceiptKey>> NewestReceiptsAsync(long below, int limit, CancellationToken token) => Nothing<ReceiptKey>();

    public Task<IReadOnlyList<LoadId>> WithoutReceiptAsync(IReadOnlyList<LoadId> loads, CancellationToken token) => Nothing<LoadId>();

    public Task<IReadOnlyList<MissingTable>> MissingTablesAsync(CancellationToken token) => Nothing<MissingTable>();

    public Task<IReadOnlyList<LoadId>> StagedLoadsAsync(CancellationToken token) => Nothing<LoadId>();

    public Task<long> ForgetRejectsAsync(DateTimeOffset before, long epoch, CancellationToken token) => Task.FromResult(0L);

    public Task<long?> FreeBytesAsync(CancellationToken token) =>
        Task.FromResult(Free.Count > 1 ? Free.Dequeue() : Free.TryPeek(out var last) ? last : null);

    public long LeastBytes(long datasetBytes) => datasetBytes;

    private static Task<IReadOnlyList<T>> Nothing<T>() => Task.FromResult<IReadOnlyList<T>>([]);
}

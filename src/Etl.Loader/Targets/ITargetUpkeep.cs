namespace Etl.Loader.Targets;

/// <summary>
/// What the holder of a lane asks and does between loads, and <c>doctor</c> asks at any time: whether target and ledger fit together, and what dead
/// loads left. All of it is empty where no one has taken the lane of the target yet.
/// </summary>
internal interface ITargetUpkeep
{
    /// <summary>At most <paramref name="limit"/> receipts of loads accepted before the given number, newest first. Reads only.</summary>
    Task<IReadOnlyList<ReceiptKey>> NewestReceiptsAsync(long below, int limit, CancellationToken token);

    /// <summary>Those of the loads that have no receipt. Reads only.</summary>
    Task<IReadOnlyList<LoadId>> WithoutReceiptAsync(IReadOnlyList<LoadId> loads, CancellationToken token);

    /// <summary>The newest receipt of each table that is not there any more: someone dropped or renamed it. Reads only.</summary>
    Task<IReadOnlyList<MissingTable>> MissingTablesAsync(CancellationToken token);

    /// <summary>Loads that have something in staging, published ones among them if they left any. Reads only.</summary>
    Task<IReadOnlyList<LoadId>> StagedLoadsAsync(CancellationToken token);

    /// <summary>Who else may make things where the loader's statements write: "role in schema". Reads only; empty where a target has no roles.</summary>
    Task<IReadOnlyList<string>> CreatorsAsync(CancellationToken token) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Forgets the rejects of loads published before the given time; returns how many rows.</summary>
    Task<long> ForgetRejectsAsync(DateTimeOffset before, long epoch, CancellationToken token);

    /// <summary>Bytes that are known to be free for the target's tables; null where this process cannot know. Reads only.</summary>
    Task<long?> FreeBytesAsync(CancellationToken token);

    /// <summary>What a dataset of so many bytes takes here at the very least, however well its values are packed.</summary>
    long LeastBytes(long datasetBytes);
}

internal readonly record struct ReceiptKey(LoadId Load, long Sequence);

/// <param name="Table">Schema-qualified, as the receipt has it.</param>
internal sealed record MissingTable(string Table, LoadId Load);

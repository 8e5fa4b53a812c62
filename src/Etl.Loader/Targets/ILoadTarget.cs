using Etl.Loader.Faults;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;

namespace Etl.Loader.Targets;

/// <summary>
/// A database that receives rows. One instance per configured target; driver types never cross this line. All writing happens under the
/// epoch that <see cref="TakeLaneAsync"/> returned: every writing transaction first checks it, so a stale holder can change nothing.
/// </summary>
internal interface ILoadTarget : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Schema for tables whose spec names none.</summary>
    string DefaultSchema { get; }

    /// <summary>What is asked and done between loads.</summary>
    ITargetUpkeep Upkeep { get; }

    /// <summary>The file that the target is; null for a server.</summary>
    ITargetFile? File => null;

    /// <summary>True: staging needs no more of a survey than a sketch, so that a dataset whose types are all known is read only once.</summary>
    /// <param name="declared">The producer says the types; false: the table has them.</param>
    bool StagesUnsurveyed(bool declared) => false;

    /// <summary>What a column of a proven type is to be: text, as written, where the target has no type that holds each of its values.</summary>
    ColumnType Storable(ColumnType proven) => proven;

    /// <summary>Answers quickly or throws; <see cref="Classify"/> distinguishes an outage from a fault.</summary>
    Task ProbeAsync(CancellationToken token);

    /// <summary>The statements that make our own tables in the target, for a DBA; null where anyone who takes the lane needs no rights beyond the file's.</summary>
    string? SchemaScript => null;

    /// <summary>Makes or updates our own tables, as taking the lane does on its own where its role may.</summary>
    Task MigrateAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>
    /// Makes this process the lane's only writer: creates our tables where missing, refuses another installation or lane name, ends the
    /// backends of older epochs and waits until they are gone, raises the epoch. Returns the new epoch.
    /// </summary>
    Task<long> TakeLaneAsync(LaneClaim claim, CancellationToken token);

    /// <summary>
    /// Gives up whatever keeps other processes from taking the lane, once nothing of it runs here. Idempotent. Where the epoch alone decides there
    /// is nothing to give up.
    /// </summary>
    Task ReleaseLaneAsync() => Task.CompletedTask;

    /// <summary>The receipt of the load, if it was published. Reads only.</summary>
    Task<LoadReceipt?> FindReceiptAsync(LoadId load, CancellationToken token);

    /// <summary>The rejected records of a published load, by file and line. Reads only.</summary>
    IAsyncEnumerable<RejectedRecord> ReadRejectsAsync(LoadId load, CancellationToken token);

    /// <summary>The table as it is, or null. Reads only.</summary>
    Task<ExistingTable?> FindTableAsync(TableName table, CancellationToken token);

    /// <summary>
    /// Writes the dataset's rows where no reader sees them. Throws <see cref="DatasetException"/> for rows that cannot be loaded beyond the
    /// allowed rejects. What an earlier attempt left of this load's staging is dropped or, where it has checkpoints, resumed from.
    /// </summary>
    Task<IStagedLoad> StageAsync(StageRequest request, IProgress<StageProgress> progress, CancellationToken token);

    /// <summary>How many checkpoints the load has: work that its next attempt need not repeat. Reads only; always 0 where a target has none.</summary>
    Task<long> CountCheckpointsAsync(LoadId load, CancellationToken token) => Task.FromResult(0L);

    /// <summary>Drops what the load left in staging. Idempotent.</summary>
    Task DropStagingAsync(LoadId load, long epoch, CancellationToken token);

    /// <summary>What a failure of this target means for the load. Table-driven, by error code, never by message text.</summary>
    TargetFault Classify(Exception exception);
}

/// <summary>A load whose rows are in the target and not yet visible. Disposing without publishing rolls back an open transaction.</summary>
internal interface IStagedLoad : IAsyncDisposable
{
    long RowsLoaded { get; }

    long RowsRejected { get; }

    /// <summary>
    /// In one transaction: fence, newest-delivery check, swap or append, receipt. Either all of it happened or nothing. Throws
    /// <see cref="DatasetException"/> when the swap would lose something that depends on the table, naming it.
    /// </summary>
    Task<PublishOutcome> PublishAsync(PublishRequest request, CancellationToken token);
}

/// <param name="Installation">Id of the queue database's installation; a target belongs to one.</param>
/// <param name="Holder">host:pid, for people.</param>
/// <param name="Above">The new epoch is higher than this one too: a target restored from a backup may have forgotten epochs that the ledger knows.</param>
/// <param name="Published">The ledger has loads that were published into the target: it is not a new one.</param>
internal sealed record LaneClaim(Guid Installation, string Holder, long Above = 0, bool Published = false);

internal sealed record StageRequest
{
    public required LoadId Load { get; init; }
    public required long Epoch { get; init; }
    public required TableName Table { get; init; }
    public required LoadMode Mode { get; init; }

    /// <summary>In table order.</summary>
    public required IReadOnlyList<TargetColumn> Columns { get; init; }

    /// <summary>Of the whole dataset, or a sketch of one that is surveyed while it is staged (see <see cref="DatasetReader.Finish"/>).</summary>
    public required DatasetSurvey Survey { get; init; }

    /// <summary>Opens the dataset's rows again, as often as needed.</summary>
    public required DatasetReader Reader { get; init; }

    public required long RejectsMax { get; init; }

    /// <summary>What a replace changes in the table's columns, to be reported when something that depends on it cannot take that.</summary>
    public ColumnChanges? Changes { get; init; }

    /// <summary>Fires when a staging in chunks is to stop at the end of those under way, by <see cref="WoundUpException"/>.</summary>
    public CancellationToken WindUp { get; init; }

    /// <summary>Receives what the staging waits for, such as readers, and null when it continues.</summary>
    public Action<string?> Waits { get; init; } = static _ => { };
}

internal sealed record PublishRequest
{
    /// <summary>The receipt to write; the target fills in <see cref="LoadReceipt.PublishedAt"/>.</summary>
    public required LoadReceipt Receipt { get; init; }

    public required bool Adopt { get; init; }

    /// <summary>False: a table whose receipts are all of other datasets is refused, naming the first.</summary>
    public required bool TableNamed { get; init; }

    /// <summary>False: content (by hash) that the table already has is refused on append.</summary>
    public required bool Again { get; init; }

    /// <inheritdoc cref="StageRequest.Changes"/>
    public ColumnChanges? Changes { get; init; }

    /// <summary>Receives what the publish waits for, such as readers, and null when it continues.</summary>
    public Action<string?> Waits { get; init; } = static _ => { };
}

/// <summary>Published with this receipt, or superseded by a newer delivery.</summary>
internal sealed record PublishOutcome(LoadReceipt? Receipt, LoadId? SupersededBy);

internal readonly record struct StageProgress(long Rows, long BytesRead);

/// <summary>A table as it is in the target.</summary>
/// <param name="LastReceipt">Newest receipt of the table; null: not made by us.</param>
internal sealed record ExistingTable(TableName Table, IReadOnlyList<ExistingColumn> Columns, LoadReceipt? LastReceipt);

/// <param name="Type">Null where the type is none that we write.</param>
/// <param name="DeclaredType">The target's own spelling of the type.</param>
internal sealed record ExistingColumn(string Name, ColumnType? Type, string DeclaredType, bool Nullable, bool HasDefault);

/// <summary>What a failure means, and what people are told of it.</summary>
/// <param name="Reason">What is wrong, in the target's words; of an outage with the target's name.</param>
/// <param name="Full">Of an outage: no space is left. The target answers all the same.</param>
internal sealed record TargetFault(FaultKind Kind, string Reason, string? Hint = null, bool Full = false);

/// <summary>The load stopped at a chunk, as it was asked to: what is staged stays, and the next attempt resumes from there.</summary>
internal sealed class WoundUpException() : OperationCanceledException("The load stopped at a chunk: the process shuts down or the lane is paused.");

/// <summary>Thrown by a target when its epoch is no longer the lane's: the attempt ends without changing anything.</summary>
internal sealed class FencedException(string target, long mine, long current)
    : Exception($"Target '{target}': this process writes under epoch {mine}, the lane is at epoch {current}; another process holds it.");

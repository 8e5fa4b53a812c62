namespace Etl.Loader.Ledger;

/// <summary>A table as loads name it. Without a schema it is the one in its target's default schema.</summary>
internal sealed record TableKey(string Target, string? Schema, string Name)
{
    /// <summary>As the view <c>etl_loader.load_status</c> shows it.</summary>
    public string FullName => Schema is null ? Name : $"{Schema}.{Name}";

    /// <summary>From a target and a <see cref="FullName"/>: names have no point themselves.</summary>
    public static TableKey Parse(string target, string table) => table.IndexOf('.', StringComparison.Ordinal) is var point and >= 0
        ? new TableKey(target, table[..point], table[(point + 1)..])
        : new TableKey(target, null, table);
}

/// <summary>A load in the history of its table.</summary>
/// <param name="Sequence">Its place in the order of acceptance, by which pages continue.</param>
/// <param name="TableRows">Rows of the table after it, with those that were there before an append; null while it is not loaded.</param>
internal sealed record TableLoad(
    LoadId LoadId,
    long Sequence,
    string Inbox,
    string Dataset,
    LoadMode Mode,
    LoadStatus Status,
    DateTimeOffset AcceptedAt,
    DateTimeOffset? FinishedAt,
    long? RowsLoaded,
    long? RowsRejected,
    long? TableRows,
    string? Error)
{
    /// <summary>What it did to the table's columns; only in the history of one table.</summary>
    public IReadOnlyList<ColumnChange> Changes { get; init; } = [];
}

/// <summary>How a table stands.</summary>
/// <param name="Newest">The newest load for it, however that stands.</param>
/// <param name="Made">The load that made what the table has now; null: none yet.</param>
/// <param name="Before">The one loaded before that.</param>
internal sealed record TableSummary(TableKey Key, TableLoad Newest, TableLoad? Made, TableLoad? Before);

/// <summary>A page of tables in order of target, name and schema; <paramref name="Next"/> is the key to resume from, null at the end.</summary>
internal sealed record TablePage(IReadOnlyList<TableSummary> Tables, string? Next);

/// <summary>The datasets of an inbox that a rule speaks of.</summary>
/// <param name="Pattern">A regular expression of PostgreSQL over the dataset's path.</param>
/// <param name="Except">Those of the rules before it, which win.</param>
internal sealed record DeliverySource(string Inbox, string Pattern, IReadOnlyList<string> Except);

/// <summary>The time in which deliveries of a source are looked for: from the first moment on, distinguished at the second.</summary>
internal sealed record DeliveryWindow(DeliverySource Source, DateTimeOffset Since, DateTimeOffset Before);

internal sealed record LastDelivery(DateTimeOffset AcceptedAt, TableKey Table);

/// <param name="Last">The newest in the window; null: none.</param>
/// <param name="EarlierCame">Whether one came before the window's second moment.</param>
internal sealed record RecentDelivery(LastDelivery? Last, bool EarlierCame);

/// <summary>The reading side of the ledger by tables and deliveries; part of the one reading side.</summary>
internal interface ITableQueries
{
    /// <summary>At most <paramref name="limit"/> (1 … 1000) tables that any load was for.</summary>
    /// <param name="pattern">A part of <c>target.schema.table</c>, with '*' as wildcard; null: all.</param>
    Task<TablePage> TablesAsync(string? pattern, string? after, int limit, CancellationToken token);

    /// <summary>Those of the tables that any load was for, in no particular order.</summary>
    Task<IReadOnlyList<TableSummary>> FindTablesAsync(IReadOnlyList<TableKey> tables, CancellationToken token);

    /// <summary>At most <paramref name="limit"/> loads of a table, newest first, from below a sequence on.</summary>
    Task<IReadOnlyList<TableLoad>> TableLoadsAsync(TableKey table, long? below, int limit, CancellationToken token);

    /// <summary>For each window, in order, what came in it. What people load again is not a delivery.</summary>
    Task<IReadOnlyList<RecentDelivery>> RecentDeliveriesAsync(IReadOnlyList<DeliveryWindow> windows, CancellationToken token);

    /// <summary>The newest delivery ever; may read all loads of the inbox.</summary>
    Task<LastDelivery?> LastDeliveryAsync(DeliverySource source, CancellationToken token);
}

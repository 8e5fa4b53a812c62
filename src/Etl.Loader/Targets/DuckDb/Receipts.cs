using System.Data.Common;

namespace Etl.Loader.Targets.DuckDb;

/// <summary>Reads and writes <c>etl_loader.receipts</c>.</summary>
internal static class Receipts
{
    private static readonly SqlText Sql = SqlText.Load("Targets/DuckDb/Sql/receipts.sql");

    public static LoadReceipt? Find(Session session, LoadId load) =>
        session.Query(Sql["find_receipt"], Map, load.Value) is [var receipt, ..] ? receipt : null;

    public static LoadReceipt? NewestOf(Session session, TableName table) =>
        session.Query(Sql["newest_of_table"], Map, table.ToString()) is [var receipt, ..] ? receipt : null;

    /// <summary>Oldest first, by acceptance.</summary>
    public static IReadOnlyList<LoadReceipt> AllOf(Session session, TableName table) =>
        session.Query(Sql["all_of_table"], Map, table.ToString());

    public static void Write(Session session, LoadReceipt receipt) => session.Execute(
        Sql["write_receipt"],
        receipt.LoadId.Value,
        receipt.Inbox,
        receipt.Dataset,
        receipt.TableName,
        receipt.Mode,
        receipt.RowsLoaded,
        receipt.RowsRejected,
        receipt.Bytes,
        receipt.Sha256,
        receipt.AcceptedAt.UtcDateTime,
        receipt.StartedAt.UtcDateTime,
        receipt.PublishedAt.UtcDateTime,
        receipt.Sequence,
        receipt.Details);

    private static LoadReceipt Map(DbDataReader row) => new()
    {
        LoadId = new LoadId(row.GetGuid(0)),
        Inbox = row.GetString(1),
        Dataset = row.GetString(2),
        TableName = row.GetString(3),
        Mode = row.GetString(4),
        RowsLoaded = row.GetInt64(5),
        RowsRejected = row.GetInt64(6),
        Bytes = row.GetInt64(7),
        Sha256 = row.GetString(8),
        AcceptedAt = Instant(row, 9),
        StartedAt = Instant(row, 10),
        PublishedAt = Instant(row, 11),
        Sequence = row.GetInt64(12),
        Details = row.GetString(13),
    };

    private static DateTimeOffset Instant(DbDataReader row, int column) =>
        new(DateTime.SpecifyKind(row.GetDateTime(column), DateTimeKind.Utc));
}

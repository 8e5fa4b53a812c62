
namespace Etl.Loader.Targets.DuckDb;

/// <summary>
/// Reads and writes <c>etl_loader.owned_tables</c>: which tables loads made or adopted. DuckDB numbers its tables again whenever the file is opened, so each
/// table that a load makes carries a mark of that load: a constraint that holds of every row.
/// </summary>
internal static class OwnedTables
{
    private const string Prefix = "etl-loader load ";
    private static readonly SqlText Sql = SqlText.Load("Targets/DuckDb/Sql/ownership.sql");

    /// <summary>The mark as it is in CREATE TABLE: that of the table whose place the new one is to take, otherwise a new one of the load.</summary>
    public static string Mark(Session session, TableName table, LoadId load) =>
        (IsOurs(session, table) ? MarkOf(session, table) : null) ?? $"CHECK ({Identifiers.Literal(Prefix + load)} IS NOT NULL)";

    public static bool IsMark(CatalogueConstraint constraint) =>
        constraint is { Kind: "CHECK", Columns.Count: 0 } && constraint.Text.Contains($"'{Prefix}", StringComparison.Ordinal);

    /// <summary>True where the table is the one that loads made or adopted. In a file of an older program the name has to do.</summary>
    public static bool IsOurs(Session session, TableName table)
    {
        if (Catalog.KindOf(session, new TableName("etl_loader", "owned_tables")) is null)
        {
            return true;
        }

        return Find(session, table) is var (mark, _) && (mark is null || mark == MarkOf(session, table));
    }

    /// <summary>Rows of receipts before this are not in the table.</summary>
    public static DateTimeOffset RowsSince(Session session, TableName table) => Find(session, table)?.RowsSince ?? DateTimeOffset.MinValue;

    /// <summary>Makes the table that has the name now ours.</summary>
    /// <param name="begins">When rows of earlier receipts are not in it.</param>
    public static void Own(Session session, TableName table, DateTimeOffset? begins)
    {
        var since = begins ?? RowsSince(session, table);
        session.Execute(Sql["disown"], table.ToString());
        session.Execute(Sql["own"], table.ToString(), MarkOf(session, table), since.UtcDateTime);
    }

    /// <summary>Null where the table has none.</summary>
    public static string? MarkOf(Session session, TableName table) => Catalog.AllConstraintsOf(session, table).FirstOrDefault(IsMark)?.Text;

    private static (string? Mark, DateTimeOffset RowsSince)? Find(Session session, TableName table) => session.Query(
        Sql["owned"],
        row => ((string?, DateTimeOffset)?)(row.IsDBNull(0) ? null : row.GetString(0), new(DateTime.SpecifyKind(row.GetDateTime(1), DateTimeKind.Utc))),
        table.ToString()) is [var found, ..] ? found : null;
}

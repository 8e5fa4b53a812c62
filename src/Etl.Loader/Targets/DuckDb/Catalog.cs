using System.Data.Common;

namespace Etl.Loader.Targets.DuckDb;

internal sealed record CatalogueColumn(string Name, string Type, bool Nullable, string? Default, string? Comment);

/// <param name="Kind">PRIMARY KEY, UNIQUE, CHECK or FOREIGN KEY; NOT NULL is the column's.</param>
/// <param name="Text">As it is in CREATE TABLE.</param>
internal sealed record CatalogueConstraint(string Kind, string Text, IReadOnlyList<string> Columns);

internal sealed record CatalogueIndex(string Name, string Sql, string? Comment);

/// <summary>Reads what the file says of its tables.</summary>
internal static class Catalog
{
    private static readonly SqlText Sql = SqlText.Load("Targets/DuckDb/Sql/catalogue.sql");

    /// <summary>"table", "view" or null where the schema has nothing of this name.</summary>
    public static string? KindOf(Session session, TableName name) => session.Scalar<string>(Sql["relation_kind"], name.Schema, name.Name);

    public static IReadOnlyList<CatalogueColumn> ColumnsOf(Session session, TableName table) => session.Query(
        Sql["columns"],
        r => new CatalogueColumn(r.GetString(0), r.GetString(1), r.GetBoolean(2), Text(r, 3), Text(r, 4)),
        table.Schema,
        table.Name);

    public static (string? Comment, string Ddl) CommentAndDdlOf(Session session, TableName table) =>
        session.Query(Sql["table_comment_and_ddl"], r => (Text(r, 0), r.GetString(1)), table.Schema, table.Name)[0];

    /// <summary>Those that people gave the table.</summary>
    public static IReadOnlyList<CatalogueConstraint> ConstraintsOf(Session session, TableName table) =>
        [.. AllConstraintsOf(session, table).Where(c => !OwnedTables.IsMark(c))];

    /// <summary>Our own mark is among them.</summary>
    public static IReadOnlyList<CatalogueConstraint> AllConstraintsOf(Session session, TableName table) => session.Query(
        Sql["constraints"],
        r => new CatalogueConstraint(r.GetString(0), r.GetString(1), Text(r, 2)?.Split('\0', StringSplitOptions.RemoveEmptyEntries) ?? []),
        table.Schema,
        table.Name);

    public static IReadOnlyList<string> ForeignKeysTo(Session session, TableName table) =>
        session.Query(Sql["incoming_foreign_keys"], r => r.GetString(0), table.Schema, table.Name);

    public static IReadOnlyList<CatalogueIndex> IndexesOf(Session session, TableName table) => session.Query(
        Sql["indexes"], r => new CatalogueIndex(r.GetString(0), r.GetString(1), Text(r, 2)), table.Schema, table.Name);

    public static IReadOnlyList<TableName> Views(Session session) =>
        session.Query(Sql["views"], r => new TableName(r.GetString(0), r.GetString(1)));

    public static IReadOnlyList<TableName> StagingOf(Session session, LoadId load) =>
        session.Query(Sql["staging_tables"], r => new TableName(r.GetString(0), r.GetString(1)), Identifiers.StagingName(load));

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}

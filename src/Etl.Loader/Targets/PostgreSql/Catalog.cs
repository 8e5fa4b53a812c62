using Npgsql;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>What a name stands for in the target.</summary>
/// <param name="Kind">PostgreSQL's <c>relkind</c>: "r" is a plain table.</param>
internal readonly record struct Relation(uint Oid, string Kind)
{
    public bool IsTable => Kind == "r";

    public string KindName => Kind switch
    {
        "r" => "table",
        "v" => "view",
        "m" => "materialized view",
        "f" => "foreign table",
        "p" => "partitioned table",
        "S" => "sequence",
        "i" or "I" => "index",
        "c" => "composite type",
        _ => $"relation of kind '{Kind}'",
    };
}

/// <summary>A column as the catalogue has it; <paramref name="Generated"/> ones are computed and cannot be written.</summary>
/// <param name="BaseType">Of a domain the type that it is over; otherwise the declared type.</param>
internal sealed record CatalogColumn(string Name, string DeclaredType, bool Nullable, bool HasDefault, bool Generated, string BaseType);

/// <summary>Reads the target's system catalogue.</summary>
internal static class Catalog
{
    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/catalog.sql");

    public static async Task<Relation?> FindAsync(Session session, TableName table, CancellationToken token) =>
        await session.RowsAsync(Sql["relation"], Read, token, table.Schema, table.Name) is [var relation, ..] ? relation : null;

    /// <summary>Asks what has the name, together with other questions; for <see cref="ReadRelationAsync"/>.</summary>
    public static (string Sql, object?[] Values) AskRelation(TableName table) => (Sql["relation"], [table.Schema, table.Name]);

    /// <summary>The answer of which the reader is at the beginning; null: nothing has the name.</summary>
    public static async Task<Relation?> ReadRelationAsync(NpgsqlDataReader reader, CancellationToken token) =>
        await reader.ReadAsync(token) ? Read(reader) : null;

    /// <summary>Asks whether there is such a schema; for <see cref="RequireSchemaAsync"/>.</summary>
    public static (string Sql, object?[] Values) AskSchema(TableName table) => (Sql["schema_exists"], [table.Schema]);

    /// <summary>Throws <see cref="DatasetException"/> where the answer that the reader is at the beginning of is no.</summary>
    public static async Task RequireSchemaAsync(NpgsqlDataReader reader, TableName table, CancellationToken token)
    {
        await reader.ReadAsync(token);
        if (!reader.GetBoolean(0))
        {
            throw new DatasetException(
                $"There is no schema '{table.Schema}' in the target.", $"Run: CREATE SCHEMA {Identifiers.Quote(table.Schema)}; then requeue the load.");
        }
    }

    /// <summary>What was found by this name. Throws <see cref="DatasetException"/> where it is not a table.</summary>
    public static Relation? RequireTable(Relation? relation, TableName table) => relation is { IsTable: false } other
        ? throw new DatasetException($"{table} is a {other.KindName}, not a table.", "Name another table in the trigger (\"table\").")
        : relation;

    /// <summary>A staging table that this process has just filled.</summary>
    public static async Task<uint> StagingAsync(Session session, TableName staging, CancellationToken token) =>
        (await FindAsync(session, staging, token))?.Oid ?? throw new InvalidOperationException($"The staging table {staging} is gone.");

    /// <summary>The columns in table order.</summary>
    public static async Task<IReadOnlyList<CatalogColumn>> ColumnsAsync(Session session, uint table, CancellationToken token) =>
        await session.RowsAsync(
            Sql["columns"],
            row => new CatalogColumn(row.GetString(0), row.GetString(1), row.GetBoolean(2), row.GetBoolean(3), row.GetBoolean(4), row.GetString(5)),
            token, table);

    private static Relation Read(NpgsqlDataReader row) => new(row.GetFieldValue<uint>(0), row.GetString(1));
}

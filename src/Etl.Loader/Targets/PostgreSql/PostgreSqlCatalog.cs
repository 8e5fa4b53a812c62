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
internal sealed record CatalogColumn(string Name, string DeclaredType, bool Nullable, bool HasDefault, bool Generated);

/// <summary>Reads the target's system catalogue.</summary>
internal static class PostgreSqlCatalog
{
    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/catalog.sql");

    public static async Task<Relation?> FindAsync(TargetSession session, TableName table, CancellationToken token) =>
        await session.RowsAsync(Sql["relation"], row => new Relation(row.GetFieldValue<uint>(0), row.GetString(1)), token, table.Schema, table.Name)
            is [var relation, ..] ? relation : null;

    /// <summary>Asks for <see cref="ReadDestination"/>.</summary>
    public static (string Sql, object?[] Values) AskDestination(TableName table) => (Sql["destination"], [table.Schema, table.Name]);

    /// <summary>The table that rows are for; null: it is not there yet. Throws <see cref="DatasetException"/> where there can be no such table.</summary>
    public static Relation? ReadDestination(NpgsqlDataReader row, TableName table)
    {
        if (!row.GetBoolean(0))
        {
            throw new DatasetException(
                $"There is no schema '{table.Schema}' in the target.", $"Run: CREATE SCHEMA {Identifiers.Quote(table.Schema)}; then requeue the load.");
        }

        return RequireTable(row.IsDBNull(1) ? null : new Relation(row.GetFieldValue<uint>(1), row.GetString(2)), table);
    }

    /// <summary>What was found by this name. Throws <see cref="DatasetException"/> where it is no table.</summary>
    public static Relation? RequireTable(Relation? relation, TableName table) => relation is { IsTable: false } other
        ? throw new DatasetException($"{table} is a {other.KindName}, not a table.", "Name another table in the trigger (\"table\").")
        : relation;

    /// <summary>A staging table that this process has just filled.</summary>
    public static async Task<uint> StagingAsync(TargetSession session, TableName staging, CancellationToken token) =>
        (await FindAsync(session, staging, token))?.Oid ?? throw new InvalidOperationException($"The staging table {staging} is gone.");

    /// <summary>The columns in table order.</summary>
    public static async Task<IReadOnlyList<CatalogColumn>> ColumnsAsync(TargetSession session, uint table, CancellationToken token) =>
        await session.RowsAsync(
            Sql["columns"],
            row => new CatalogColumn(row.GetString(0), row.GetString(1), row.GetBoolean(2), row.GetBoolean(3), row.GetBoolean(4)),
            token, table);
}

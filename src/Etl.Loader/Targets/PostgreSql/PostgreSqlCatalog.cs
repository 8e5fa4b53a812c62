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

    public static async Task<Relation?> FindAsync(NpgsqlConnection connection, TableName table, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql["relation"], connection)
        {
            Parameters = { new() { Value = table.Schema }, new() { Value = table.Name } },
        };
        await using var reader = await command.ExecuteReaderAsync(token);
        return await reader.ReadAsync(token) ? new Relation(reader.GetFieldValue<uint>(0), reader.GetString(1)) : null;
    }

    /// <summary>The table of this name. Throws <see cref="DatasetException"/> where the name stands for something else.</summary>
    public static async Task<Relation?> FindTableAsync(NpgsqlConnection connection, TableName table, CancellationToken token) =>
        RequireTable(await FindAsync(connection, table, token), table);

    /// <summary>The same of what was found already.</summary>
    public static Relation? RequireTable(Relation? relation, TableName table) => relation is { IsTable: false } other
        ? throw new DatasetException($"{table} is a {other.KindName}, not a table.", "Name another table in the trigger (\"table\").")
        : relation;

    /// <summary>A staging table that this process has just filled.</summary>
    public static async Task<uint> StagingAsync(NpgsqlConnection connection, TableName staging, CancellationToken token) =>
        (await FindAsync(connection, staging, token))?.Oid ?? throw new InvalidOperationException($"The staging table {staging} is gone.");

    public static async Task<bool> SchemaExistsAsync(NpgsqlConnection connection, string schema, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql["schema_exists"], connection) { Parameters = { new() { Value = schema } } };
        return await command.ExecuteScalarAsync(token) is true;
    }

    /// <summary>The columns in table order.</summary>
    public static async Task<IReadOnlyList<CatalogColumn>> ColumnsAsync(NpgsqlConnection connection, uint table, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql["columns"], connection)
        {
            Parameters = { new() { Value = table, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Oid } },
        };
        await using var reader = await command.ExecuteReaderAsync(token);
        var columns = new List<CatalogColumn>();
        while (await reader.ReadAsync(token))
        {
            columns.Add(new CatalogColumn(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetBoolean(3), reader.GetBoolean(4)));
        }

        return columns;
    }
}

using DuckDB.NET.Data;
using Npgsql;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>The reader's side: every value as the database prints it.</summary>
internal sealed partial class RunningUp
{
    public Task<List<string?[]>> WarehouseAsync(string sql) => QueryAsync(Ready.Warehouse, sql);

    public Task<List<string?[]>> QueueAsync(string sql) => QueryAsync(Ready.Queue, sql);

    /// <summary>Opens the lake's file as any other program would, waiting while the loader has it open.</summary>
    public async Task<List<string?[]>> LakeAsync(string sql)
    {
        var last = "";
        await using var connection = await Deadline.WaitAsync(
            async () =>
            {
                var lake = new DuckDBConnection($"Data Source={Ready.Lake};ACCESS_MODE=READ_ONLY");
                try
                {
                    await lake.OpenAsync(Token);
                    return lake;
                }
                catch (DuckDBException locked)
                {
                    last = locked.Message;
                    await lake.DisposeAsync();
                    return null;
                }
            },
            () => $"The lake could not be opened: {last}",
            token: Token);
        return await ReadAsync(connection, sql);
    }

    /// <summary>Of either target, by its name.</summary>
    public Task<List<string?[]>> TargetAsync(string target, string sql) =>
        target == "lake" ? LakeAsync(sql) : WarehouseAsync(sql);

    private static async Task<List<string?[]>> QueryAsync(string connectionString, string sql)
    {
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(unpooled);
        await connection.OpenAsync(Token);
        return await ReadAsync(connection, sql);
    }

    private static async Task<List<string?[]>> ReadAsync(System.Data.Common.DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A test's own text.
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(Token);
        var rows = new List<string?[]>();
        while (await reader.ReadAsync(Token))
        {
            var row = new string?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = reader.IsDBNull(i) ? null : Convert.ToString(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture);
            }

            rows.Add(row);
        }

        return rows;
    }
}

using System.Data.Common;
using DuckDB.NET.Data;
using Etl.Loader.Chaos.Installation;

namespace Etl.Loader.Chaos.Verdict;

/// <summary>A load's proof, as the target has it.</summary>
internal sealed record Receipt(string Load, string File, string Table, bool Append, DateTimeOffset At);

/// <summary>Reads a target directly, past the product.</summary>
internal static class Receipts
{
    private static readonly TimeSpan LakePatience = TimeSpan.FromSeconds(60);

    /// <summary>In the order of acceptance.</summary>
    public static async Task<List<Receipt>> ReadAsync(Stand stand, string target, CancellationToken token) =>
        await WithTargetAsync(stand, target, connection => ReadAsync(connection, token), token);

    public static async Task<List<Receipt>> ReadAsync(DbConnection connection, CancellationToken token)
    {
        var receipts = new List<Receipt>();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT CAST(load_id AS varchar), dataset, table_name, mode, published_at FROM etl_loader.receipts ORDER BY accepted_at, sequence";
        await using var reader = await command.ExecuteReaderAsync(token);
        while (await reader.ReadAsync(token))
        {
            var table = reader.GetString(2);
            receipts.Add(new Receipt(
                reader.GetString(0),
                reader.GetString(1),
                table[(table.IndexOf('.', StringComparison.Ordinal) + 1)..],
                reader.GetString(3) == "append",
                new DateTimeOffset(DateTime.SpecifyKind(reader.GetDateTime(4), DateTimeKind.Utc))));
        }

        return receipts;
    }

    /// <summary>The lake's file may be the loader's for a moment: waits its turn.</summary>
    public static async Task<T> WithTargetAsync<T>(Stand stand, string target, Func<DbConnection, Task<T>> read, CancellationToken token)
    {
        if (target == Stand.Warehouse)
        {
            await using var warehouse = await stand.OpenAsync(Stand.Warehouse, token);
            return await read(warehouse);
        }

        await stand.LakeTurn.WaitAsync(token);
        try
        {
            var began = TimeProvider.System.GetTimestamp();
            while (true)
            {
                await using var lake = new DuckDBConnection($"DataSource={stand.LakeFile};ACCESS_MODE=READ_ONLY");
                try
                {
                    lake.Open();
                }
                catch (DuckDBException) when (TimeProvider.System.GetElapsedTime(began) < LakePatience)
                {
                    await Task.Delay(25, token);
                    continue;
                }

                return await read(lake);
            }
        }
        finally
        {
            stand.LakeTurn.Release();
        }
    }
}

using Npgsql;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>A fenced transaction on a session of its own. Disposing without <see cref="CommitAsync"/> rolls back.</summary>
internal sealed class WriteTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction, LineWatch line) : IAsyncDisposable
{
    public NpgsqlConnection Connection => connection;

    public NpgsqlTransaction Transaction => transaction;

    public LineWatch Line => line;

    public NpgsqlCommand Command(string sql, params object?[] values)
    {
        var command = new NpgsqlCommand(sql, connection, transaction);
        Add(command.Parameters, values);
        return command;
    }

    /// <summary>Several statements in one round trip; the first that fails ends them.</summary>
    public NpgsqlBatch Batch(params ReadOnlySpan<(string Sql, object?[] Values)> statements)
    {
        var batch = new NpgsqlBatch(connection, transaction);
        foreach (var (sql, values) in statements)
        {
            var command = new NpgsqlBatchCommand(sql);
            Add(command.Parameters, values);
            batch.BatchCommands.Add(command);
        }

        return batch;
    }

    public async Task<int> ExecuteAsync(string sql, CancellationToken token, params object?[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync(token);
    }

    /// <summary>The first value of the first row; null where there is none or it is null.</summary>
    public async Task<object?> ScalarAsync(string sql, CancellationToken token, params object?[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteScalarAsync(token) is { } value and not DBNull ? value : null;
    }

    /// <summary>The first column of all rows, as text.</summary>
    public async Task<List<string>> ListAsync(string sql, CancellationToken token, params object?[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync(token);
        var list = new List<string>();
        while (await reader.ReadAsync(token))
        {
            list.Add(reader.GetString(0));
        }

        return list;
    }

    /// <summary>Two columns of all rows, as text.</summary>
    public async Task<List<(string First, string Second)>> PairsAsync(string sql, CancellationToken token, params object?[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync(token);
        var list = new List<(string, string)>();
        while (await reader.ReadAsync(token))
        {
            list.Add((reader.GetString(0), reader.GetString(1)));
        }

        return list;
    }

    private static void Add(NpgsqlParameterCollection parameters, object?[] values)
    {
        foreach (var value in values)
        {
            parameters.Add(value is uint oid
                ? new NpgsqlParameter { Value = oid, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Oid }
                : new NpgsqlParameter { Value = value ?? DBNull.Value });
        }
    }

    public Task CommitAsync(CancellationToken token) => transaction.CommitAsync(token);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await transaction.DisposeAsync();
        }
        catch (Exception exception) when (PostgreSqlFaults.IsLostSession(exception))
        {
            // The server rolls back what a lost session had begun.
        }

        await connection.DisposeAsync();
    }
}

using Npgsql;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>A line to the target. While an answer is awaited the connection is watched: a dead one is an outage, never a wait without end.</summary>
internal class Session(NpgsqlConnection connection, ConnectionWatch line, NpgsqlTransaction? transaction = null) : IAsyncDisposable
{
    /// <summary>What no one waits for any more: of a connection that was found dead, or whose outcome is known from elsewhere.</summary>
    private Task? _unanswered;

    public NpgsqlConnection Connection => connection;

    protected NpgsqlTransaction? Transaction => transaction;

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

    /// <inheritdoc cref="Batch"/>
    public Task ExecuteAsync(IEnumerable<(string Sql, object?[] Values)> statements, CancellationToken token)
    {
        return AnswerAsync(AskAsync(), token);

        async Task AskAsync()
        {
            await using var batch = Batch([.. statements]);
            await batch.ExecuteNonQueryAsync(token);
        }
    }

    public Task<int> ExecuteAsync(string sql, CancellationToken token, params object?[] values)
    {
        return AnswerAsync(AskAsync(), token);

        async Task<int> AskAsync()
        {
            await using var command = Command(sql, values);
            return await command.ExecuteNonQueryAsync(token);
        }
    }

    /// <summary>The first value of the first row; null where there is none or it is null.</summary>
    public Task<object?> ScalarAsync(string sql, CancellationToken token, params object?[] values)
    {
        return AnswerAsync(AskAsync(), token);

        async Task<object?> AskAsync()
        {
            await using var command = Command(sql, values);
            return await command.ExecuteScalarAsync(token) is { } value and not DBNull ? value : null;
        }
    }

    public Task<List<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> map, CancellationToken token, params object?[] values)
    {
        return AnswerAsync(AskAsync(), token);

        async Task<List<T>> AskAsync()
        {
            await using var command = Command(sql, values);
            await using var reader = await command.ExecuteReaderAsync(token);
            var list = new List<T>();
            while (await reader.ReadAsync(token))
            {
                list.Add(map(reader));
            }

            return list;
        }
    }

    /// <summary>The first column of all rows, as text.</summary>
    public Task<List<string>> ListAsync(string sql, CancellationToken token, params object?[] values) =>
        RowsAsync(sql, row => row.GetString(0), token, values);

    /// <summary>Two columns of all rows, as text.</summary>
    public Task<List<(string First, string Second)>> PairsAsync(string sql, CancellationToken token, params object?[] values) =>
        RowsAsync(sql, row => (row.GetString(0), row.GetString(1)), token, values);

    /// <summary>Awaits what was asked. Throws <see cref="NpgsqlException"/>, an outage, where the connection is dead; the session is of no use then.</summary>
    public async Task<T> AnswerAsync<T>(Task<T> answer, CancellationToken token)
    {
        await AnswerAsync((Task)answer, token);
        return await answer;
    }

    /// <inheritdoc cref="AnswerAsync{T}"/>
    public async Task AnswerAsync(Task answer, CancellationToken token)
    {
        if (await line.FindDeathAsync(answer, token) is { } death)
        {
            // The driver cannot be made to give up the end of a COPY: it is left to the kernel, which does so within a quarter of an hour.
            _unanswered = answer;
            throw death;
        }

        await answer;
    }

    /// <summary>The session closes once this is answered; no one waits for either.</summary>
    protected void Leave(Task answer) => Interlocked.CompareExchange(ref _unanswered, answer, null);

    /// <inheritdoc cref="LineWatch.SendAsync"/>
    public Task SendAsync(Stream copy, ReadOnlyMemory<byte> rows, CancellationTokenSource sending) => line.SendAsync(copy, rows, sending);

    /// <summary>Rolls back what is not committed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (transaction is not null && _unanswered is null)
        {
            try
            {
                await AnswerAsync(transaction.DisposeAsync().AsTask(), CancellationToken.None);
            }
            catch (Exception exception) when (Faults.IsLostSession(exception))
            {
                // The server rolls back what a lost session had begun.
            }
        }

        if (_unanswered is { IsCompleted: false })
        {
            _ = CloseAnsweredAsync();
            return;
        }

        await connection.DisposeAsync();
    }

    private NpgsqlCommand Command(string sql, object?[] values)
    {
        var command = new NpgsqlCommand(sql, connection, transaction);
        Add(command.Parameters, values);
        return command;
    }

    private async Task CloseAnsweredAsync()
    {
        // The line may be found dead meanwhile: then it is the driver's own task that keeps it.
        while (_unanswered is { IsCompleted: false } pending)
        {
            await pending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await connection.DisposeAsync();
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
}

using System.Collections.Concurrent;
using Etl.Loader.Ledger;
using Npgsql;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>
/// Connections to one target database. Writing ones carry lane and epoch in their <c>application_name</c>, which is how a new holder of
/// the lane finds and ends them, even when this process is frozen.
/// </summary>
internal sealed class Sessions(string target, string connectionString, TargetOptions options, Settings tuning) : IAsyncDisposable
{
    /// <summary>
    /// A connection that is dead without notice is given up by the server after 10 + 3 × 5 s, so that a lost loader's locks go: what it holds would stop the next
    /// attempt. Unix sockets take these settings and ignore them.
    /// </summary>
    private const string ServerKeepAlive = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

    /// <summary>Within which a server that is there answers, however busy.</summary>
    public static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(10);

    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/lane.sql");
    private readonly NpgsqlDataSource _reading = Create(connectionString, $"etl-loader target={target}", options);
    private readonly NpgsqlDataSource _probing = Create(connectionString, $"etl-loader target={target}", options, probe: true);
    private readonly ConcurrentDictionary<long, Lazy<NpgsqlDataSource>> _writing = new();

    /// <summary>How long a writing session waits for any lock, in PostgreSQL's words.</summary>
    public static string LongestLockWait(TargetOptions options) =>
        FormattableString.Invariant($"{(int)Math.Clamp(options.PublishWait.TotalMilliseconds, 1000, int.MaxValue)}ms");

    /// <summary>What the <c>application_name</c> of every writing session of the lane begins with.</summary>
    public string WriterPrefix => $"etl-loader lane={target} epoch=";

    public async Task<Session> OpenReadingAsync(CancellationToken token)
    {
        var connection = await _reading.OpenConnectionAsync(token);
        return new(connection, Watch(connection));
    }

    /// <summary>
    /// To look at a table or receipt before a load writes: under an epoch on one of its writing sessions, where the server keeps these statements prepared.
    /// </summary>
    /// <param name="epoch">Null: this process has no lane here.</param>
    public async Task<Session> OpenLookingAsync(long? epoch, CancellationToken token)
    {
        if (epoch is not { } mine)
        {
            return await OpenReadingAsync(token);
        }

        var connection = await OpenWritingAsync(mine, token);
        return new(connection, Watch(connection));
    }

    /// <summary>A connection of its own, made now and given up after seconds: to ask whether the server is there, where the known connections may be dead.</summary>
    public ValueTask<NpgsqlConnection> OpenProbingAsync(CancellationToken token) => _probing.OpenConnectionAsync(token);

    public ValueTask<NpgsqlConnection> OpenWritingAsync(long epoch, CancellationToken token) =>
        _writing.GetOrAdd(epoch, e => new(() => Create(connectionString, FormattableString.Invariant($"{WriterPrefix}{e}"), options, prepare: true)))
            .Value.OpenConnectionAsync(token);

    /// <summary>
    /// Opens a session that writes and begins its transaction with the fence: the lane's row stays share-locked under this epoch until the
    /// transaction ends. Throws <see cref="FencedException"/> when the lane has moved on.
    /// </summary>
    /// <param name="waitForLog">False: the commit returns before its log is on the disk, so that a crash of the server may take the transaction back.</param>
    public async Task<WriteTransaction> BeginWritingAsync(long epoch, CancellationToken token, bool waitForLog = true)
    {
        var session = await BeginAsync(await OpenWritingAsync(epoch, token), token);
        try
        {
            await FenceAsync(session, epoch, waitForLog, token);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>True where the server writes no log for rows that go into a table made in the same transaction.</summary>
    public async Task<bool> SkipsLogAsync(CancellationToken token)
    {
        await using var session = await OpenReadingAsync(token);
        return await session.ScalarAsync(Sql["skips_log"], token) is true;
    }

    /// <summary>A transaction that carries no epoch and passes no fence: for taking the lane only.</summary>
    public async Task<WriteTransaction> BeginUnfencedAsync(CancellationToken token) => await BeginAsync(await _reading.OpenConnectionAsync(token), token);

    /// <summary>Throws <see cref="FencedException"/> when the lane has moved on; says nothing when the target cannot be asked.</summary>
    public async Task ThrowIfFencedAsync(long epoch, CancellationToken token)
    {
        long? current;
        try
        {
            await using var connection = await OpenProbingAsync(token);
            await using var command = new NpgsqlCommand(Sql["find_epoch"], connection) { Parameters = { new() { Value = target } } };
            current = (long?)await command.ExecuteScalarAsync(token);
        }
        catch (NpgsqlException)
        {
            return;
        }

        if (current is { } epochNow && epochNow != epoch)
        {
            throw new FencedException(target, epoch, epochNow);
        }
    }

    /// <summary>What a backend of this target waits for: null for nothing; an empty text where there is no such backend.</summary>
    public async Task<string?> FindWaitAsync(int backend, CancellationToken token)
    {
        await using var connection = await OpenProbingAsync(token);
        await using var command = new NpgsqlCommand(Sql["find_wait"], connection) { Parameters = { new() { Value = backend } } };
        await using var reader = await command.ExecuteReaderAsync(token);
        return !await reader.ReadAsync(token) ? "" : await reader.IsDBNullAsync(0, token) ? null : reader.GetString(0);
    }

    /// <summary>Ends a backend of this target; nothing where it has ended already.</summary>
    public async Task EndBackendAsync(int backend, CancellationToken token)
    {
        await using var connection = await OpenProbingAsync(token);
        await using var command = new NpgsqlCommand(Sql["end_backend"], connection) { Parameters = { new() { Value = backend } } };
        await command.ExecuteNonQueryAsync(token);
    }

    /// <summary>Closes the connections that no one uses just now: where one is dead, the others may be too.</summary>
    public void ForgetIdle()
    {
        _reading.Clear();
        foreach (var source in _writing.Values)
        {
            source.Value.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _reading.DisposeAsync();
        await _probing.DisposeAsync();
        foreach (var source in _writing.Values)
        {
            await source.Value.DisposeAsync();
        }
    }

    private ConnectionWatch Watch(NpgsqlConnection connection) => new(this, tuning.LinePatience, connection.ProcessID);

    private async Task<WriteTransaction> BeginAsync(NpgsqlConnection connection, CancellationToken token)
    {
        try
        {
            // Asks nothing yet: the first statement brings its BEGIN along.
            var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, token);
            return new WriteTransaction(connection, transaction, Watch(connection));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task FenceAsync(WriteTransaction session, long epoch, bool waitForLog, CancellationToken token)
    {
        var current = 0L;
        try
        {
            current = await session.AnswerAsync(AskAsync(), token);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            // An empty database in the place of the one whose lane was taken: anyone who holds the lane must take it again.
        }

        if (current != epoch)
        {
            throw new FencedException(target, epoch, current);
        }

        async Task<long> AskAsync()
        {
            // Together: each load begins with them.
            await using var begin = session.Batch((Sql["settle_session"], [waitForLog, LongestLockWait(options)]), (Sql["fence"], [target]));
            await using var reader = await begin.ExecuteReaderAsync(token);
            await reader.NextResultAsync(token);
            return await reader.ReadAsync(token) ? reader.GetInt64(0) : 0;
        }
    }

    /// <param name="prepare">
    /// The server keeps repeated statements prepared, and sessions come back without a reset: what they set ends with its transaction. For lanes, which reach
    /// it directly: a pooler between may not know the statements.
    /// </param>
    private static NpgsqlDataSource Create(string connectionString, string applicationName, TargetOptions options, bool prepare = false, bool probe = false)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = applicationName,
            // GSS is asked for by default and costs a failed round trip per connection where there is none.
            GssEncryptionMode = GssEncryptionMode.Disable,
            Timezone = "UTC",
            // A load's own transaction decides, never one that happens to surround the call.
            Enlist = false,
            // Which key is there twice is what people need to repair the data.
            IncludeErrorDetail = true,
            // Copying and publishing take as long as they take; a broken connection is found by the keepalives below.
            CommandTimeout = 0,
            KeepAlive = 15,
            WriteBufferSize = 64 * 1024,
            MaxPoolSize = Math.Max(8, options.Streams + 4),
            Multiplexing = false,
            MaxAutoPrepare = prepare ? 100 : 0,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = prepare,
        };
        if (probe)
        {
            settings.Pooling = false;
            settings.Timeout = settings.CommandTimeout = (int)ProbeLimit.TotalSeconds;
        }

        settings.Options = $"{ServerKeepAlive} {settings.Options}".TrimEnd();
        TrustedSearchPath.Set(settings);
        if (settings.Host is ['/' or '@', ..])
        {
            // A Unix socket notifies its writer only when it is almost empty: with the default of 208 KiB the server would wait for rows half of its time.
            settings.SocketSendBufferSize = 2_000_000;
        }
        else
        {
            // Dead after 10 + 9 × 2 s where all that was sent has come there; ConnectionWatch sees to it where it has not. A Unix socket knows no such options and refuses them.
            (settings.TcpKeepAlive, settings.TcpKeepAliveTime, settings.TcpKeepAliveInterval) = (true, 10, 2);
        }

        return NpgsqlDataSource.Create(settings);
    }
}

using System.Data;
using System.Globalization;
using Hangfire.PostgreSql;
using Hangfire.Storage;
using Npgsql;

namespace Etl.Loader.Queue;

/// <summary>
/// A worker's way to Hangfire's tables. Overridden is what each load passes through: fetching the next job, the lock of a job's state, the change of
/// the state. Everything else, and fetching when the queues are empty, is Hangfire's own.
/// </summary>
internal sealed class WorkerConnection : PostgreSqlConnection
{
    private const string StateLock = ":state-lock";
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(50);
    private static readonly SqlText Sql = SqlText.Load("Queue/Sql/worker.sql");

    private readonly WorkerStorage _storage;
    private NpgsqlConnection? _connection;
    private string? _locked;

    public WorkerConnection(WorkerStorage storage)
        : base(storage) => _storage = storage;

    /// <summary>At once where a job waits; else Hangfire's own waiting, which needs a connection to listen on.</summary>
    public override IFetchedJob FetchNextJob(string[] queues, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using (var batch = Batch())
        {
            var fetch = Statement("fetch_next");
            fetch.Parameters.AddWithValue("queues", queues);
            batch.BatchCommands.Add(fetch);
            using var row = batch.ExecuteReader();
            row.NextResult();
            if (row.Read())
            {
                var job = row.GetInt64(1).ToString(CultureInfo.InvariantCulture);
                return new PostgreSqlFetchedJob(_storage, row.GetInt64(0), job, row.GetString(2), row.GetDateTime(3));
            }
        }

        return base.FetchNextJob(queues, cancellationToken);
    }

    public override IDisposable AcquireDistributedLock(string resource, TimeSpan timeout)
    {
        if (_locked is not null || !resource.EndsWith(StateLock, StringComparison.Ordinal))
        {
            return base.AcquireDistributedLock(resource, timeout);
        }

        var key = $"{HangfireSchema.Name}:{resource}";
        var began = _storage.Time.GetTimestamp();
        while (!TryLock(key))
        {
            if (_storage.Time.GetElapsedTime(began) >= timeout)
            {
                throw new DistributedLockTimeoutException(resource);
            }

            using var pause = new CancellationTokenSource(LockPoll, _storage.Time);
            pause.Token.WaitHandle.WaitOne();
        }

        _locked = key;
        return new Release(this);
    }

    /// <summary>Its commit also releases the lock of the job's state: nothing comes between the two.</summary>
    public override IWriteOnlyTransaction CreateWriteTransaction() => new BatchedTransaction(_storage, new RecordingConnection(), Send);

    public override void Dispose()
    {
        _connection?.Dispose();
        base.Dispose();
    }

    private void Send(IReadOnlyList<NpgsqlBatchCommand> statements)
    {
        using var batch = Batch();
        foreach (var statement in statements)
        {
            batch.BatchCommands.Add(statement);
        }

        if (_locked is { } key)
        {
            batch.BatchCommands.Add(ReleaseOf(key));
        }

        batch.ExecuteNonQuery();
        _locked = null;
    }

    private bool TryLock(string key)
    {
        using var batch = Batch();
        var now = _storage.Time.GetUtcNow();
        var take = Statement("take_lock");
        take.Parameters.AddWithValue("resource", key);
        take.Parameters.AddWithValue("now", now);
        take.Parameters.AddWithValue("dead_before", now - _storage.LockLifetime);
        batch.BatchCommands.Add(take);
        batch.ExecuteNonQuery();
        return take.RecordsAffected == 1;
    }

    private void Unlock()
    {
        if (_locked is not { } key)
        {
            return;
        }

        _locked = null;
        using var batch = Batch();
        batch.BatchCommands.Add(ReleaseOf(key));
        batch.ExecuteNonQuery();
    }

    /// <summary>On this connection's own session, which is replaced when it broke.</summary>
    private NpgsqlBatch Batch()
    {
        if (_connection is not { State: ConnectionState.Open })
        {
            _connection?.Dispose();
            _connection = _storage.Source.OpenConnection();
        }

        return new NpgsqlBatch(_connection) { BatchCommands = { Statement("relax") } };
    }

    private static NpgsqlBatchCommand Statement(string name) => new(Sql[name]);

    private static NpgsqlBatchCommand ReleaseOf(string key)
    {
        var release = Statement("release_lock");
        release.Parameters.AddWithValue("resource", key);
        return release;
    }

    private sealed class Release(WorkerConnection owner) : IDisposable
    {
        public void Dispose() => owner.Unlock();
    }
}

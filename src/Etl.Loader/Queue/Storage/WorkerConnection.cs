using System.Data;
using System.Globalization;
using Hangfire.Storage;
using Npgsql;

namespace Etl.Loader.Queue.Storage;

/// <summary>
/// A worker's way to Hangfire's tables. Overridden is what each load passes through: fetching the next job, the lock of a job's state, the job that
/// it guards, the change of the state. Everything else is Hangfire's own.
/// </summary>
internal sealed class WorkerConnection : LoadsOnlyConnection
{
    private const string LockPrefix = HangfireSchema.Name + ":job:";
    private const string LockSuffix = ":state-lock";
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(50);
    private static readonly SqlText Sql = SqlText.Load("Queue/Sql/worker.sql");

    private readonly WorkerStorage _storage;
    private NpgsqlConnection? _connection;

    /// <summary>Of the job just fetched, for the change of its state that comes next.</summary>
    private string? _lockedAhead;

    private string? _locked;

    /// <summary>The job as it was when its lock was taken, to be asked for once.</summary>
    private JobRow? _guarded;

    public WorkerConnection(WorkerStorage storage)
        : base(storage) => _storage = storage;

    /// <summary>Waits until there is one, or the token fires.</summary>
    public override IFetchedJob FetchNextJob(string[] queues, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var next = _storage.Listener.Next();
            if (FetchWaiting(queues, out var again) is { } job)
            {
                return job;
            }

            if (!again && !GiveBackExpired(queues))
            {
                next.Wait(_storage.Options.QueuePollInterval, cancellationToken);
            }
        }
    }

    public override IDisposable AcquireDistributedLock(string resource, TimeSpan timeout)
    {
        var key = $"{HangfireSchema.Name}:{resource}";
        if (_lockedAhead == key)
        {
            (_locked, _lockedAhead) = (key, null);
            return new Release(this);
        }

        if (_locked is not null || !TryReadJob(key, out var job))
        {
            return base.AcquireDistributedLock(resource, timeout);
        }

        var began = _storage.Time.GetTimestamp();
        while (!TryLock(key, job))
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

    /// <summary>Nothing of the row is read as a type, a method or an argument: the database says whether it is the job of a load, and of which.</summary>
    public override JobData? GetJobData(string id)
    {
        if (_locked is not null && _guarded is { } guarded && guarded.Id == id)
        {
            _guarded = null;
            return guarded.ToData();
        }

        if (!long.TryParse(id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var job))
        {
            return null;
        }

        using var batch = Batch();
        batch.BatchCommands.Add(Find(job));
        using var row = batch.ExecuteReader();
        row.NextResult();
        return JobRow.Read(row)?.ToData();
    }

    /// <summary>Its commit also releases the lock of the job's state: nothing comes between the two.</summary>
    public override IWriteOnlyTransaction CreateWriteTransaction() => new BatchedTransaction(_storage, new RecordingConnection(), Send);

    public override void Dispose()
    {
        try
        {
            Unlock(ref _lockedAhead);
        }
        catch (NpgsqlException)
        {
            // Left behind as by a dead process, and taken over as such.
        }

        _connection?.Dispose();
        base.Dispose();
    }

    /// <param name="again">True: what was next is not the job of a load and was set aside.</param>
    private WorkerJob? FetchWaiting(string[] queues, out bool again)
    {
        again = false;
        using var batch = Batch();
        var fetch = Timed(Statement("fetch_next"));
        fetch.Parameters.AddWithValue("queues", queues);
        fetch.Parameters.AddWithValue("lock_prefix", LockPrefix);
        fetch.Parameters.AddWithValue("lock_suffix", LockSuffix);
        batch.BatchCommands.Add(fetch);
        var find = Statement("fetched_job");
        find.Parameters.AddWithValue("queues", queues);
        batch.BatchCommands.Add(find);
        (long Id, long Job, string Queue, DateTime FetchedAt) fetched;
        string? locked;
        using (var row = batch.ExecuteReader())
        {
            row.NextResult();
            if (!row.Read())
            {
                return null;
            }

            fetched = (row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetDateTime(3));
            locked = row.IsDBNull(4) ? null : row.GetString(4);
            row.NextResult();
            _guarded = JobRow.Read(row);
        }

        _lockedAhead = locked;
        if (_guarded?.Refusal is { } reason)
        {
            again = true;
            _storage.Refused.SetAside(batch.Connection!, fetched.Job, reason);
            Unlock(ref _lockedAhead);
            return null;
        }

        _guarded = locked is null ? null : _guarded;
        return new WorkerJob(_storage, fetched.Id, fetched.Job, fetched.Queue, fetched.FetchedAt);
    }

    /// <summary>False: there is none.</summary>
    private bool GiveBackExpired(string[] queues)
    {
        using var batch = Batch();
        var back = Statement("give_back_expired");
        back.Parameters.AddWithValue("queues", queues);
        back.Parameters.AddWithValue("invisibility", _storage.Options.InvisibilityTimeout);
        batch.BatchCommands.Add(back);
        batch.ExecuteNonQuery();
        return back.RecordsAffected > 0;
    }

    private void Send(IReadOnlyList<NpgsqlBatchCommand> statements, WorkerJob? ended)
    {
        using var batch = Batch();
        foreach (var statement in statements)
        {
            batch.BatchCommands.Add(statement);
        }

        NpgsqlBatchCommand? removal = null;
        if (ended?.Fetched is { } fetchedAt)
        {
            removal = Statement("remove_fetched");
            removal.Parameters.AddWithValue("id", ended.Id);
            removal.Parameters.AddWithValue("fetched_at", fetchedAt);
            batch.BatchCommands.Add(removal);
        }

        if (_locked is { } key)
        {
            batch.BatchCommands.Add(ReleaseOf(key));
        }

        batch.ExecuteNonQuery();
        _locked = null;
        if (removal is { RecordsAffected: 1 })
        {
            ended!.WasRemoved();
        }
    }

    private bool TryLock(string key, long job)
    {
        using var batch = Batch();
        var take = Timed(Statement("take_lock"));
        take.Parameters.AddWithValue("resource", key);
        batch.BatchCommands.Add(take);
        batch.BatchCommands.Add(Find(job));
        using var row = batch.ExecuteReader();
        row.NextResult();
        _guarded = JobRow.Read(row);
        return take.RecordsAffected == 1;
    }

    private void Unlock(ref string? locked)
    {
        _guarded = null;
        if (locked is not { } key)
        {
            return;
        }

        locked = null;
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

    /// <summary>With when a lock is taken, and since when one is too old to be held.</summary>
    private NpgsqlBatchCommand Timed(NpgsqlBatchCommand statement)
    {
        var now = _storage.Time.GetUtcNow();
        statement.Parameters.AddWithValue("now", now);
        statement.Parameters.AddWithValue("dead_before", now - _storage.LockLifetime);
        return statement;
    }

    private static NpgsqlBatchCommand Statement(string name) => new(Sql[name]);

    private static NpgsqlBatchCommand Find(long job)
    {
        var find = Statement("find_job");
        find.Parameters.AddWithValue("id", job);
        return find;
    }

    /// <summary>False for locks of other things, and for the job of an id that no job can have.</summary>
    private static bool TryReadJob(string key, out long job)
    {
        job = 0;
        return key.StartsWith(LockPrefix, StringComparison.Ordinal) && key.EndsWith(LockSuffix, StringComparison.Ordinal)
            && long.TryParse(key.AsSpan()[LockPrefix.Length..^LockSuffix.Length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out job);
    }

    private static NpgsqlBatchCommand ReleaseOf(string key)
    {
        var release = Statement("release_lock");
        release.Parameters.AddWithValue("resource", key);
        return release;
    }

    private sealed class Release(WorkerConnection owner) : IDisposable
    {
        public void Dispose() => owner.Unlock(ref owner._locked);
    }
}

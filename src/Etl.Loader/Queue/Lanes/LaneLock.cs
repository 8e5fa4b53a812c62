using Etl.Loader.Ledger;
using Npgsql;

namespace Etl.Loader.Queue.Lanes;

/// <summary>
/// The session lock in the queue database that elects the process which serves a lane. It lives and dies with one connection of its own.
/// </summary>
internal sealed class LaneLock : IAsyncDisposable
{
    private static readonly SqlText Sql = SqlText.Load("Queue/Sql/lane.sql");

    private readonly NpgsqlConnection _connection;
    private readonly string _target;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private (int Backend, long Since)? _unreported;

    private LaneLock(NpgsqlConnection connection, string target) => (_connection, _target) = (connection, target);

    /// <summary>Connects, without the lock yet. Throws <see cref="LoaderException"/> behind a transaction pooler, where session locks have no owner.</summary>
    public static async Task<LaneLock> OpenAsync(QueueDatabase database, string target, CancellationToken token)
    {
        var connection = new NpgsqlConnection(database.LockConnectionString($"lane {target}"));
        try
        {
            await connection.OpenAsync(token);
            var backend = await BackendAsync(connection, token);
            if (backend != connection.ProcessID)
            {
                throw new LoaderException(
                    $"{QueueOptions.Key} ({database}) goes through a connection pooler: the server's process {backend} answered for process {connection.ProcessID}. Session locks have no owner there, so two processes could hold one lane.",
                    $"Point {QueueOptions.Key} directly at PostgreSQL. A pooler is refused in every mode, because it reports its own process ids.");
            }

            return new LaneLock(connection, target);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task<bool> TryTakeAsync(CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql["try_lock"], _connection).WithText("target", _target);
        return (bool)(await command.ExecuteScalarAsync(token))!;
    }

    /// <summary>
    /// Ends the session that holds the lock, if it has asked nothing for longer than both its holder's own limit and
    /// <paramref name="patience"/>, and the ledger still shows that holder as silent. Returns whether it did.
    /// </summary>
    public async Task<bool> EndSilentHolderAsync(Guid holder, TimeSpan patience, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql["end_silent_holder"], _connection)
            .WithText("target", _target).With("holder_id", holder).With("silence", patience);
        return (long)(await command.ExecuteScalarAsync(token))! > 0;
    }

    /// <summary>
    /// Who has the lock instead and is not a loader: by its name, or since it has had the lock for a while, as seen from here, and no loader has reported
    /// in the ledger.
    /// </summary>
    /// <param name="reported">A loader has reported that it holds the lane.</param>
    /// <param name="patience">How long one that just took it may take to report.</param>
    public async Task<LockHolder?> FindStrangerAsync(bool reported, TimeSpan patience, TimeProvider time, CancellationToken token)
    {
        if (reported || await LockHolder.FindAsync(_connection, _target, token) is not { } holder)
        {
            _unreported = null;
            return null;
        }

        if (_unreported is not { } seen || seen.Backend != holder.Backend)
        {
            _unreported = (holder.Backend, time.GetTimestamp());
        }

        return !holder.IsNamedAsLoader(_target) || time.GetElapsedTime(_unreported.Value.Since) > patience ? holder : null;
    }

    /// <summary>Throws when the lock is gone.</summary>
    public Task ProveAsync(CancellationToken token) => ProveAsync(BackendAsync, token);

    /// <summary>Runs a statement on the lock's own connection, which by answering proves that the lock is held.</summary>
    public async Task<T> ProveAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            return await work(_connection, token);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// After a question that is under way: a connection that is closed while another thread waits for its answer may leave both waiting. Who still waits
    /// for the turn gets it, and learns that the lock is gone.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        await _connection.DisposeAsync();
        _turn.Release();
    }

    private static async Task<int> BackendAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql["backend_pid"], connection);
        return (int)(await command.ExecuteScalarAsync(token))!;
    }
}

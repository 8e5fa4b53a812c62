using Microsoft.Extensions.Logging;
using Npgsql;

namespace Etl.Loader.Targets.PostgreSql.Publishing;

/// <summary>
/// Takes a table's lock without standing in its queue for long: while a try waits, new readers wait behind it, so tries are short and pauses
/// let the readers through. A savepoint keeps the transaction with its staged rows over a failed try.
/// </summary>
internal sealed class TableLock(TargetOptions options, Settings tuning, TimeProvider time, ILogger logger)
{
    private const string ReadersWait = "ACCESS EXCLUSIVE";

    /// <summary>
    /// An autovacuum of the table gives way to anyone who has waited for deadlock_timeout (1 s by default). A mode that lets readers pass waits longer
    /// than that; once it is taken, no autovacuum begins before the publish.
    /// </summary>
    private static readonly TimeSpan AutovacuumYields = TimeSpan.FromSeconds(2);

    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/publish.sql");

    /// <summary>Throws <see cref="PublishWaitException"/> naming the sessions in the way after <see cref="TargetOptions.PublishWait"/>.</summary>
    /// <param name="mode">PostgreSQL's name of the lock.</param>
    /// <param name="before">Run in each try before the table is locked, and undone with it.</param>
    public async Task TakeAsync(WriteTransaction session, StagedTable staged, string mode, Func<Task>? before, CancellationToken token)
    {
        var table = staged.Table;
        var deadline = time.GetUtcNow() + options.PublishWait;
        var statement = $"LOCK TABLE {Identifiers.Quote(table)} IN {mode} MODE";
        var patience = mode == ReadersWait ? tuning.LockTimeout : tuning.LockTimeout + AutovacuumYields;
        await session.ExecuteAsync(Sql["set_lock_timeout"], token, FormattableString.Invariant($"{(long)patience.TotalMilliseconds}ms"));
        for (var first = true; ; first = false)
        {
            await session.ExecuteAsync("SAVEPOINT before_lock", token);
            try
            {
                if (before is not null)
                {
                    await before();
                }

                await session.ExecuteAsync(statement, token);
                await session.ExecuteAsync("RELEASE SAVEPOINT before_lock", token);
                await session.ExecuteAsync(Sql["set_lock_timeout"], token, Sessions.LongestLockWait(options));
                if (!first)
                {
                    staged.Waits(null);
                }

                return;
            }
            catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                await session.ExecuteAsync("ROLLBACK TO SAVEPOINT before_lock", token);
                var holders = string.Join(", ", await session.ListAsync(Sql["lock_holders"], token, table.Schema, table.Name));
                if (time.GetUtcNow() >= deadline)
                {
                    throw new PublishWaitException(
                        $"Table {table} is in use by {holders}; publishing waited {options.PublishWait}.",
                        "The load continues once these sessions have ended their transactions.",
                        exception);
                }

                if (first)
                {
                    Log.PublishWaits(logger, staged.Load, table.ToString(), $"in use by {holders}");
                }

                staged.Waits($"table {table} is in use by {holders}");

                await Task.Delay(tuning.LockPause, time, token);
            }
        }
    }
}

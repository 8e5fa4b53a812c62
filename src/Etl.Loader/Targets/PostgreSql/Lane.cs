using Etl.Loader.Targets.PostgreSql.Publishing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>
/// Taking over the right to write into a target. The sessions of older epochs are ended by the server, since a frozen process keeps its
/// sessions and locks through every time-out; only then the epoch rises.
/// </summary>
internal sealed class Lane(string target, Sessions sessions, Settings tuning, TimeProvider time, ILogger logger)
{
    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/lane.sql");
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(25);

    public async Task<long> TakeAsync(LaneClaim claim, CancellationToken token)
    {
        await RefusePoolerAsync(token);
        await MigrateAsync(token);
        await RegisterAsync(claim, token);
        var deadline = time.GetUtcNow() + tuning.TakeoverWait;
        while (true)
        {
            await EndWritersAsync(deadline, token);
            if (await TryRaiseAsync(claim, token) is { } epoch)
            {
                Log.LaneTaken(logger, target, epoch, claim.Holder);
                return epoch;
            }

            RefuseAfter(deadline, "a session of an older epoch holds the lane's row");
        }
    }

    /// <summary>Throws <see cref="LoaderException"/> naming the verb where this role may not make what is missing.</summary>
    public async Task MigrateAsync(CancellationToken token)
    {
        await using var schema = await sessions.BeginUnfencedAsync(token);
        try
        {
            await Schema.MigrateAsync(target, schema, token);
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new LoaderException(
                $"Target '{target}': its schema is missing or older than this version needs, and this role may not change it: {fault.MessageText}.",
                $"Have its owner run `etl-loader migrate --target {target}`, or what `etl-loader migrate --target {target} --sql` prints; then infra/postgres/target-roles.sql.",
                fault);
        }
    }

    private async Task RefusePoolerAsync(CancellationToken token)
    {
        await using var session = await sessions.OpenReadingAsync(token);
        if (await session.ScalarAsync(Sql["backend_pid"], token) is int pid && pid != session.Connection.ProcessID)
        {
            throw new LoaderException(
                $"Target '{target}' is reached through a pooler that shares sessions (the connection says process {session.Connection.ProcessID}, the server "
                + $"{pid}); a lane cannot be held there.",
                $"Point Loader:Targets:{target}:ConnectionString directly at PostgreSQL. A pooler is refused in every mode, because it reports its own process ids.");
        }
    }

    private async Task RegisterAsync(LaneClaim claim, CancellationToken token)
    {
        await using var session = await sessions.BeginUnfencedAsync(token);
        await session.ExecuteAsync(Sql["register"], token, target, claim.Installation);
        foreach (var (name, installation) in await session.RowsAsync(Sql["owner"], row => (row.GetString(0), row.GetGuid(1)), token))
        {
            if (name != target || installation != claim.Installation)
            {
                throw new LoaderException(
                    $"The database of target '{target}' belongs to target '{name}' of installation {installation}; "
                    + $"this is target '{target}' of installation {claim.Installation}.",
                    $"Give Loader:Targets:{target} its own database; if the other installation is gone for good, "
                    + "delete the row of etl_loader.lane in this one.");
            }
        }

        await Ownership.BindRestoredAsync(session, token);
        await session.CommitAsync(token);
    }

    private async Task EndWritersAsync(DateTimeOffset deadline, CancellationToken token)
    {
        await using var session = await sessions.OpenReadingAsync(token);
        for (var left = await EndOnceAsync(session, token); left.Count > 0; left = await EndOnceAsync(session, token))
        {
            RefuseAfter(deadline, $"sessions {string.Join(", ", left)} of an older epoch do not end");
            await Task.Delay(Poll, time, token);
        }
    }

    private async Task<List<int>> EndOnceAsync(Session session, CancellationToken token)
    {
        var pids = await session.RowsAsync(Sql["end_writers"], row => row.GetInt32(0), token, sessions.WriterPrefix);
        if (pids.Count > 0)
        {
            Log.WritersEnded(logger, target, string.Join(", ", pids));
        }

        return pids;
    }

    /// <summary>Null when a writer of the old epoch slipped in after its predecessors were ended, and holds the row.</summary>
    private async Task<long?> TryRaiseAsync(LaneClaim claim, CancellationToken token)
    {
        await using var session = await sessions.BeginUnfencedAsync(token);
        try
        {
            await session.ExecuteAsync(Sql["short_lock_timeout"], token);
            var epoch = (long?)await session.ScalarAsync(Sql["raise"], token, target, claim.Holder, claim.Above);
            await session.CommitAsync(token);
            return epoch;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return null;
        }
    }

    private void RefuseAfter(DateTimeOffset deadline, string reason)
    {
        if (time.GetUtcNow() >= deadline)
        {
            throw new TimeoutException($"Target '{target}': the lane cannot be taken, {reason}.");
        }
    }
}

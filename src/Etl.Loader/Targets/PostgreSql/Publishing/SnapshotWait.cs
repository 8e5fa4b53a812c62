using Microsoft.Extensions.Logging;
using Npgsql;

namespace Etl.Loader.Targets.PostgreSql.Publishing;

/// <summary>
/// Waits until every transaction that was running when the last chunk was committed has ended: a snapshot from before it would see a part of the
/// published table. Decided by transactions, not by clocks, and without needing rights over other users' sessions.
/// </summary>
internal sealed class SnapshotWait(TargetOptions options, PostgreSqlSessions sessions, TimeProvider time, ILogger logger)
{
    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/snapshots.sql");
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>Throws <see cref="PublishWaitException"/> naming the readers after <see cref="TargetOptions.PublishWait"/>.</summary>
    public async Task UntilYoungerAsync(StagedTable staged, CancellationToken token)
    {
        var table = staged.Table;
        var deadline = time.GetUtcNow() + options.PublishWait;
        await using var connection = await sessions.OpenReadingAsync(token);
        var running = await ListAsync(connection, Sql["running"], null, token);
        for (var first = true; ; first = false)
        {
            var readers = await ListAsync(connection, Sql["still_reading"], running, token);
            if (readers.Count == 0)
            {
                if (!first)
                {
                    staged.Waits(null);
                }

                return;
            }

            var named = string.Join(", ", readers);
            if (time.GetUtcNow() >= deadline)
            {
                throw new PublishWaitException(
                    $"Publishing {table} waited {options.PublishWait} for transactions that began before its rows were there: {named}.",
                    "The load goes on once these sessions have ended their transactions.");
            }

            if (first)
            {
                Log.PublishWaits(logger, staged.Load, table.ToString(), $"older snapshots of {named}");
            }

            staged.Waits($"transactions that began before the rows of {table} were there: {named}");

            await Task.Delay(Poll, time, token);
        }
    }

    private static async Task<List<string>> ListAsync(NpgsqlConnection connection, string sql, List<string>? transactions, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        if (transactions is not null)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = transactions });
        }

        await using var reader = await command.ExecuteReaderAsync(token);
        var list = new List<string>();
        while (await reader.ReadAsync(token))
        {
            list.Add(reader.GetString(0));
        }

        return list;
    }
}

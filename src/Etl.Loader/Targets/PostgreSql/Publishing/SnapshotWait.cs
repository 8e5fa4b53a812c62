using Microsoft.Extensions.Logging;

namespace Etl.Loader.Targets.PostgreSql.Publishing;

/// <summary>
/// Waits until every transaction that was running when the last chunk was committed has ended: a snapshot from before it would see a part of the
/// published table. Decided by transactions, not by clocks, and without needing rights over other users' sessions.
/// </summary>
internal sealed class SnapshotWait(TargetOptions options, Sessions sessions, TimeProvider time, ILogger logger)
{
    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/snapshots.sql");
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>Throws <see cref="PublishWaitException"/> naming the readers after <see cref="TargetOptions.PublishWait"/>.</summary>
    public async Task UntilYoungerAsync(StagedTable staged, CancellationToken token)
    {
        var table = staged.Table;
        var deadline = time.GetUtcNow() + options.PublishWait;
        await using var session = await sessions.OpenReadingAsync(token);
        var running = await session.ListAsync(Sql["running"], token);
        for (var first = true; ; first = false)
        {
            var readers = await session.ListAsync(Sql["still_reading"], token, running);
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
                    "The load continues once these sessions have ended their transactions.");
            }

            if (first)
            {
                Log.PublishWaits(logger, staged.Load, table.ToString(), $"older snapshots of {named}");
            }

            staged.Waits($"transactions that began before the rows of {table} were there: {named}");

            await Task.Delay(Poll, time, token);
        }
    }
}

using Etl.Loader.Targets.PostgreSql.Publishing;
using Etl.Loader.Targets.PostgreSql.Staging;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>Staged rows that are committed, chunk by chunk: publishing is a transaction of its own, once no reader can see a part of them.</summary>
internal sealed class ChunkedStagedLoad(
    Sessions sessions, Publisher publisher, SnapshotWait snapshots, StagedTable staged) : IStagedLoad
{
    public long RowsLoaded => staged.Rows.Loaded;

    public long RowsRejected => staged.Rows.Rejected;

    public async Task<PublishOutcome> PublishAsync(PublishRequest request, CancellationToken token)
    {
        try
        {
            var mine = staged with { Waits = request.Waits };
            if (request.Receipt.Mode == "replace")
            {
                await snapshots.UntilYoungerAsync(mine, token);
            }

            await using var session = await sessions.BeginWritingAsync(staged.Epoch, token);
            return await publisher.PublishAsync(session, mine, request, token);
        }
        catch (Exception exception) when (Faults.IsLostSession(exception))
        {
            await sessions.ThrowIfFencedAsync(staged.Epoch, token);
            throw;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

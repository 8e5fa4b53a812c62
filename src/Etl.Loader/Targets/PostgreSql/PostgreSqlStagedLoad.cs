using Etl.Loader.Targets.PostgreSql.Publishing;
using Etl.Loader.Targets.PostgreSql.Staging;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>Staged rows in a transaction that is still open: publishing goes on in it, disposing rolls it back.</summary>
internal sealed class TransactionStagedLoad(
    PostgreSqlSessions sessions, PostgreSqlPublisher publisher, WriteTransaction session, StagedTable staged, long epoch) : IStagedLoad
{
    public long RowsLoaded => staged.Rows.Loaded;

    public long RowsRejected => staged.Rows.Rejects.Count;

    public async Task<PublishOutcome> PublishAsync(PublishRequest request, CancellationToken token)
    {
        try
        {
            return await publisher.PublishAsync(session, staged, request, token);
        }
        catch (Exception exception) when (PostgreSqlFaults.IsLostSession(exception))
        {
            await sessions.ThrowIfFencedAsync(epoch, token);
            throw;
        }
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();
}

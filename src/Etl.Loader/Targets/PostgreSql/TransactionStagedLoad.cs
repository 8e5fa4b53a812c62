using Etl.Loader.Targets.PostgreSql.Publishing;
using Etl.Loader.Targets.PostgreSql.Staging;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>Staged rows in a transaction that is still open: publishing continues in it, disposing rolls it back.</summary>
internal sealed class TransactionStagedLoad(
    Sessions sessions, Publisher publisher, WriteTransaction session, StagedTable staged) : IStagedLoad
{
    public long RowsLoaded => staged.Rows.Loaded;

    public long RowsRejected => staged.Rows.Rejected;

    public async Task<PublishOutcome> PublishAsync(PublishRequest request, CancellationToken token)
    {
        try
        {
            return await publisher.PublishAsync(session, staged with { Waits = request.Waits }, request, token);
        }
        catch (Exception exception) when (Faults.IsLostSession(exception))
        {
            await sessions.ThrowIfFencedAsync(staged.Epoch, token);
            throw;
        }
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();
}

using System.Diagnostics;
using Etl.Loader.Targets.DuckDb.Publishing;
using Etl.Loader.Targets.DuckDb.Staging;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Targets.DuckDb;

/// <summary>Rows in a committed staging table; the file is closed between staging and publishing.</summary>
internal sealed class StagedLoad(
    string target, Sessions sessions, StageRequest request, StagedTable staged, TimeProvider time, ILogger logger) : IStagedLoad
{
    public long RowsLoaded => staged.Rows.Loaded;

    public long RowsRejected => staged.Rows.Rejected;

    public async Task<PublishOutcome> PublishAsync(PublishRequest publish, CancellationToken token)
    {
        var started = Stopwatch.GetTimestamp();
        var outcome = await sessions.GoOnAsync(
            session =>
            {
                var result = new Publisher(target, request, staged, time).Run(session, publish);
                Checkpoint(session);
                return result;
            },
            publish.Waits,
            token);
        sessions.Published();
        if (outcome.Receipt is { } receipt)
        {
            Log.Published(logger, request.Load, receipt.TableName, target, receipt.RowsLoaded, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return outcome;
    }

    /// <summary>Nothing is open: what was staged stays until it is published or dropped.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // The load is published; a cancellation or a full disk now must not make it look otherwise.
    private void Checkpoint(Session session)
    {
        try
        {
            session.Execute("CHECKPOINT");
        }
        catch (Exception exception) when (exception is DuckDbStatementException or OperationCanceledException)
        {
            Log.CheckpointLeft(logger, target, request.Load, exception);
        }
    }
}

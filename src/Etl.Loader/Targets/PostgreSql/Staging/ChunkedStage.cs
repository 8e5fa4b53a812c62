using Etl.Loader.Survey;
using Etl.Loader.Targets.PostgreSql.Publishing;
using Etl.Loader.Targets.Staging;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Targets.PostgreSql.Staging;

/// <summary>
/// Parts over several streams into a staging table that is there before them. Rows, rejects and checkpoints are one fenced transaction, so an
/// interrupted load resumes with the parts that are missing, in whatever order they came.
/// </summary>
internal sealed class ChunkedStage(
    string target,
    TargetOptions options,
    Settings tuning,
    Sessions sessions,
    Publisher publisher,
    SnapshotWait snapshots,
    ILogger logger)
{
    public async Task<IStagedLoad> RunAsync(StageRequest request, StagingTable table, IProgress<StageProgress> progress, CancellationToken token)
    {
        var done = await PrepareAsync(request, table, afresh: false, token);
        StagedRows rows;
        try
        {
            rows = await CopyAsync(request, table, done, progress, token);
        }
        catch (StaleCheckpointException)
        {
            Log.BegunAnew(logger, request.Load, request.Table.ToString(), target);
            rows = await CopyAsync(request, table, await PrepareAsync(request, table, afresh: true, token), progress, token);
        }

        Log.Staged(logger, request.Load, target, rows.Loaded, rows.Rejected, options.Streams);
        return new ChunkedStagedLoad(sessions, publisher, snapshots, new StagedTable(request.Load, request.Epoch, request.Table, table.Name, rows));
    }

    private async Task<StagedRows> CopyAsync(
        StageRequest request, StagingTable table, IReadOnlyList<Checkpoint> done, IProgress<StageProgress> progress, CancellationToken token)
    {
        await using var reading = new ChunkedReading(request, options.Streams, done, progress);
        using var stop = new FirstFault(token);
        var running = Enumerable.Range(0, options.Streams).Select(stream => RunStreamAsync(stream, reading, request, table, stop)).ToList();
        Task all = Task.WhenAll(running);
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.ThrowIfAny();
        var loaded = reading.Loaded;
        foreach (var stream in running)
        {
            loaded += await stream;
        }

        return reading.Finish(loaded);
    }

    /// <summary>
    /// The checkpoints to resume from. They are believed only when the table has exactly their rows; otherwise everything of the load is dropped
    /// and started again. Whether each is of a part of this dataset shows while it is read.
    /// </summary>
    private async Task<IReadOnlyList<Checkpoint>> PrepareAsync(StageRequest request, StagingTable table, bool afresh, CancellationToken token)
    {
        await using var session = await sessions.BeginWritingAsync(request.Epoch, token);
        var done = await Receipts.CheckpointsAsync(session, request.Load, token);
        var believed = done.Count > 0 && !afresh
            && await table.ExistsAsync(session, token)
            && (long?)await session.ScalarAsync($"SELECT count(*) FROM {table.Quoted}", token) == done.Sum(c => c.RowsLoaded);
        if (believed)
        {
            await StagingTable.VerifyDestinationAsync(session, request.Table, [], token);
            Log.Resumed(logger, request.Load, done.Count, done.Sum(c => c.RowsLoaded));
            return done;
        }

        await table.MakeAsync(session, request, leftAlone: true, token);
        await session.CommitAsync(token);
        return [];
    }

    /// <summary>Takes parts until none is left; returns the rows it loaded. A fault stops the other streams.</summary>
    private async Task<long> RunStreamAsync(int stream, ChunkedReading reading, StageRequest request, StagingTable table, FirstFault stop)
    {
        var loaded = 0L;
        var limits = new CommitLimits(tuning.CommitFrom, tuning.RejectsAtOnce);
        var pipeline = new CopyPipeline(request.Columns);
        try
        {
            while (await reading.TakeAsync(stop.Token) is { } part)
            {
                loaded += await CopyPartsAsync(pipeline, reading.Source(stream, limits, part), reading.Rejects(Rejects.Words), request, table, stop.Token);
            }

            return loaded;
        }
        catch (Exception exception)
        {
            await stop.SetAsync(exception);
            throw;
        }
    }

    private async Task<long> CopyPartsAsync(
        CopyPipeline pipeline, StreamSource source, RejectList rejects, StageRequest request, StagingTable table, CancellationToken token)
    {
        // A crash of the server takes rows and checkpoint back together, and the publish that follows waits for the log of all: only time is at stake.
        await using var session = await sessions.BeginWritingAsync(request.Epoch, token, waitForLog: false);
        await pipeline.RunAsync(session, table.Copy(freeze: false), source, rejects, token);
        await Receipts.AddRejectsAsync(session, request.Load, rejects.Records, token);
        await Receipts.AddCheckpointsAsync(session, request.Load, source.Checkpoints, token);
        await session.CommitAsync(token);
        source.Settle();
        return source.Checkpoints.Sum(c => c.RowsLoaded);
    }
}

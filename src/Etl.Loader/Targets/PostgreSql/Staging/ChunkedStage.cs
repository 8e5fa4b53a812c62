using System.Collections.Concurrent;
using Etl.Loader.Targets.PostgreSql.Publishing;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Targets.PostgreSql.Staging;

/// <summary>
/// Chunks over several streams into a staging table that is there before them. Each chunk's rows, rejects and checkpoint are one fenced
/// transaction, so an interrupted load goes on with the chunks that are missing, in whatever order they came.
/// </summary>
internal sealed class ChunkedStage(
    string target, TargetOptions options, PostgreSqlSessions sessions, PostgreSqlPublisher publisher, SnapshotWait snapshots, ILogger logger)
{
    public async Task<IStagedLoad> RunAsync(StageRequest request, StagingTable table, IProgress<StageProgress> progress, CancellationToken token)
    {
        var plan = ChunkPlan.Of(request.Survey);
        var done = await PrepareAsync(request, table, plan, token);
        var left = plan.Where(p => !done.Any(p.Is)).ToList();
        var tally = new RejectTally(request.RejectsMax);
        tally.AddEarlier(done.Sum(c => c.RowsRejected));
        var streams = Math.Clamp(options.Streams, 1, Math.Max(1, left.Count));
        var sum = new StreamsProgress(streams, done.Sum(c => c.RowsLoaded), plan.Where(p => done.Any(p.Is)).Sum(p => p.Bytes), progress);

        var queue = new ConcurrentQueue<ChunkPlan>(left);
        using var stop = new FirstFault(token);
        var running = Enumerable.Range(0, streams).Select(stream => RunStreamAsync(stream, queue, request, table, tally, sum, stop)).ToList();
        Task all = Task.WhenAll(running);
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.ThrowIfAny();
        await AnalyzeAsync(request, table, token);
        var loaded = done.Sum(c => c.RowsLoaded);
        foreach (var stream in running)
        {
            loaded += await stream;
        }

        var rows = new StagedRows(loaded, tally.Count, []);
        rows.Verify(request.Survey);
        Log.Staged(logger, request.Load, target, rows.Loaded, rows.Rejected, streams);
        return new ChunkedStagedLoad(sessions, publisher, snapshots, new StagedTable(request.Load, request.Table, table.Name, rows), request.Epoch);
    }

    /// <summary>
    /// The checkpoints to go on from. They are believed only when each is of this survey's chunks and the table has exactly their rows;
    /// otherwise everything of the load is dropped and begun anew.
    /// </summary>
    private async Task<IReadOnlyList<Checkpoint>> PrepareAsync(
        StageRequest request, StagingTable table, IReadOnlyList<ChunkPlan> plan, CancellationToken token)
    {
        await using var session = await sessions.BeginWritingAsync(request.Epoch, token);
        await StagingTable.VerifyDestinationAsync(session, request.Table, token);
        var done = await PostgreSqlReceipts.CheckpointsAsync(session, request.Load, token);
        var believed = done.Count > 0
            && done.All(c => plan.Any(p => p.Is(c)))
            && await table.ExistsAsync(session, token)
            && (long?)await session.ScalarAsync($"SELECT count(*) FROM {table.Quoted}", token) == done.Sum(c => c.RowsLoaded);
        if (believed)
        {
            Log.Resumed(logger, request.Load, done.Count, done.Sum(c => c.RowsLoaded));
            return done;
        }

        await PostgreSqlReceipts.ForgetStagingAsync(session, request.Load, rejects: true, token);
        await session.ExecuteAsync(table.Drop, token);
        await session.ExecuteAsync(table.Create, token);
        await table.VerifyReplaceAsync(session, request, token);
        await session.CommitAsync(token);
        return [];
    }

    /// <summary>Takes parts until none is left; returns the rows it loaded. A fault stops the other streams.</summary>
    private async Task<long> RunStreamAsync(
        int stream, ConcurrentQueue<ChunkPlan> queue, StageRequest request, StagingTable table, RejectTally tally, StreamsProgress progress, FirstFault stop)
    {
        var loaded = 0L;
        try
        {
            while (queue.TryDequeue(out var part))
            {
                loaded += await CopyPartAsync(stream, part, request, table, tally, progress, stop.Token);
            }

            return loaded;
        }
        catch (Exception exception)
        {
            await stop.SetAsync(exception);
            throw;
        }
    }

    private async Task<long> CopyPartAsync(
        int stream, ChunkPlan part, StageRequest request, StagingTable table, RejectTally tally, StreamsProgress progress, CancellationToken token)
    {
        await using var session = await sessions.BeginWritingAsync(request.Epoch, token);
        var rejects = new RejectList(tally);
        using var reader = request.Reader.Open(part.File, part.Chunk);
        var rows = await new CopyPipeline(request.Columns, rejects).RunAsync(
            session.Connection,
            table.Copy(freeze: false),
            reader,
            (encoded, position) => progress.Report(stream, encoded, Math.Clamp(position - part.Offset, 0, part.Bytes)),
            token);
        await PostgreSqlReceipts.AddRejectsAsync(session, request.Load, rejects.Records, token);
        await PostgreSqlReceipts.AddCheckpointAsync(
            session, request.Load, new Checkpoint(part.File, part.Offset, part.Sha256, rows, rejects.Records.Count), token);
        await session.CommitAsync(token);
        progress.Settle(stream, rows, part.Bytes);
        return rows;
    }

    private async Task AnalyzeAsync(StageRequest request, StagingTable table, CancellationToken token)
    {
        await using var session = await sessions.BeginWritingAsync(request.Epoch, token);
        await session.ExecuteAsync(table.Analyze, token);
        await session.CommitAsync(token);
    }
}

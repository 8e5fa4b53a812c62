using Etl.Loader.Survey;
using Etl.Loader.Targets.Staging;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Targets.DuckDb.Staging;

/// <summary>
/// Parts over several streams into a staging table that is there before them. Rows, rejects and checkpoints are one fenced transaction, so an
/// interrupted load resumes with the parts that are missing.
/// </summary>
internal sealed class ChunkedStaging(string target, Sessions sessions, Settings settings, StagingMethod way, ILogger logger)
{
    /// <summary>Rows of a row group of DuckDB's.</summary>
    private const int RowGroup = 122_880;

    /// <summary>How much of its log DuckDB lets gather where rows are long, and reads again after a crash.</summary>
    private const string LongRowsCheckpoint = "4GB";

    public async Task<StagedTable> RunAsync(StageRequest request, IProgress<StageProgress> progress, CancellationToken token)
    {
        var begun = await BeginAsync(request, afresh: false, token);
        try
        {
            return await WriteAsync(request, begun, progress, token);
        }
        catch (StaleCheckpointException)
        {
            Log.BegunAnew(logger, request.Load, request.Table.ToString(), target);
            return await WriteAsync(request, await BeginAsync(request, afresh: true, token), progress, token);
        }
    }

    /// <summary>The checkpoints to resume from are believed only when the table has exactly their rows; otherwise the load is started again.</summary>
    private Task<Begun> BeginAsync(StageRequest request, bool afresh, CancellationToken token) => sessions.UseAsync(
        session => session.InTransaction(() =>
        {
            Lane.Check(session, target, request.Epoch);
            var done = Checkpoints.Of(session, request.Load);
            var rows = done.Sum(c => c.RowsLoaded);
            if (done.Count > 0 && !afresh && StagingTable.Find(session, request, rows) is { } staging)
            {
                Log.Resumed(logger, request.Load, done.Count, rows);
                return new Begun(staging, done);
            }

            return new Begun(StagingTable.Create(session, request), []);
        }),
        token);

    /// <summary>
    /// The file is closed and opened again after some chunks: what DuckDB remembers of the row groups that it has written grows as long as it is
    /// open, outside its limit (some 8 MB for each GB of text).
    /// </summary>
    private async Task<StagedTable> WriteAsync(StageRequest request, Begun begun, IProgress<StageProgress> progress, CancellationToken token)
    {
        await using var reading = new ChunkedReading(request, way.Streams, begun.Done, progress);
        var loaded = reading.Loaded;
        while (await reading.TakeAsync(token) is { } first)
        {
            loaded += await sessions.GoOnAsync(
                session => new Opening(target, session, settings, way, request, begun.Staging, reading).Run(first), request.Waits, token);
        }

        return new StagedTable(begun.Staging, reading.Finish(loaded), way.Name);
    }

    private sealed record Begun(TableName Staging, IReadOnlyList<Checkpoint> Done);

    /// <summary>What is written while the file is open once.</summary>
    private sealed class Opening(
        string target, Session session, Settings settings, StagingMethod way, StageRequest request, TableName staging, ChunkedReading reading)
    {
        private long _loaded;

        /// <summary>
        /// So long that no row group is whole when they are committed; taken for granted until some are. DuckDB then logs the rows, keeping 2,048 of them outside
        /// its limit, and writes all that it has of the row group again at each checkpoint: commits are to be small then, and checkpoints rare.
        /// </summary>
        private volatile bool _hasLongRows = true;

        /// <summary>Returns the rows that all streams have committed. A fault of one stops the others.</summary>
        public long Run(DatasetPart first)
        {
            using var stop = new FirstFault(session.Token);
            var streams = Enumerable.Range(0, way.Streams).Select(stream => Task.Factory.StartNew(
                () => RunStream(stream, stream == 0 ? first : null, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            Task.WaitAll([.. streams]);
            stop.ThrowIfAny();
            return _loaded;
        }

        private void RunStream(int stream, DatasetPart? first, FirstFault stop)
        {
            try
            {
                session.Beside(mine => WriteChunks(mine, stream, first), stop.Token);
            }
            catch (Exception exception)
            {
                stop.SetAsync(exception).GetAwaiter().GetResult();
            }
        }

        private void WriteChunks(Session mine, int stream, DatasetPart? first)
        {
            var writing = way.Begin();
            for (var part = first ?? Take(mine); part is not null; part = HasRoom ? Take(mine) : null)
            {
                var source = reading.Source(stream, _hasLongRows ? way.Commits with { Bytes = 0 } : way.Commits, part);
                var rows = mine.InTransaction(() => WriteChunk(mine, writing, source));
                source.Settle();
                Interlocked.Add(ref _loaded, rows);
                Judge(mine, rows * Math.Max(1.0, way.Commits.Bytes / (double)source.Bytes));
            }
        }

        private void Judge(Session mine, double rowsOfOneCommit)
        {
            _hasLongRows = rowsOfOneCommit < RowGroup;
            if (_hasLongRows)
            {
                mine.Execute($"SET checkpoint_threshold = '{LongRowsCheckpoint}'");
            }
        }

        private bool HasRoom => Interlocked.Read(ref _loaded) * request.Columns.Count < settings.CellsOfOneOpening;

        private DatasetPart? Take(Session mine) => reading.TakeAsync(mine.Token).AsTask().GetAwaiter().GetResult();

        private long WriteChunk(Session mine, IPartWriting writing, StreamSource source)
        {
            Lane.Check(mine, target, request.Epoch);
            var rejects = reading.Rejects(Rejects.Words);
            var rows = writing.Run(mine, staging, source, rejects);
            Rejects.Write(mine, request.Load, rejects.Records);
            Checkpoints.Write(mine, request.Load, source.Checkpoints);
            return rows;
        }
    }
}

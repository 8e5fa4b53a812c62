using Etl.Loader.Survey;
using Etl.Loader.Targets.Staging;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Targets.DuckDb.Staging;

/// <param name="Way">How the rows came: "parquet", by DuckDB's own reader, or "records", by ours.</param>
internal sealed record StagedTable(TableName Name, StagedRows Rows, string Way);

/// <summary>
/// Puts a dataset's rows into its staging table, in one transaction where it is small and else in chunks: text by our own reader, which knows what was
/// surveyed and which record is at fault; Parquet by DuckDB's.
/// </summary>
internal sealed class Stager(string target, Sessions sessions, Settings settings, TimeProvider time, ILogger logger)
{
    /// <summary>Parts read ahead of the appender, where they must be read in order: reading and appending continue at the same time.</summary>
    private const int Ahead = 1;

    public async Task<StagedTable> RunAsync(StageRequest request, IProgress<StageProgress> progress, CancellationToken token)
    {
        var way = MethodOf(request);
        var survey = request.Survey;
        var staged = survey.TextBytes < settings.ChunkBytes || !request.Reader.HasParts(survey)
            ? await sessions.UseAsync(session => session.InTransaction(() => InOneTransaction(session, request, way, progress)), token)
            : await new ChunkedStaging(target, sessions, settings, way, logger).RunAsync(request, progress, token);
        progress.Report(new StageProgress(staged.Rows.Loaded, survey.Bytes));
        return staged;
    }

    /// <summary>DuckDB's own reader is on all threads on its own, and what it reads at once must be little: it is asked for a chunk at a time.</summary>
    private StagingMethod MethodOf(StageRequest request) => request.Survey.Format == DataFormat.Parquet
        ? new("parquet", 1, new CommitLimits(0, 1), () => new ParquetWriting(request, time))
        : new("records", settings.Streams, settings.Commits, () => new RecordWriting(request));

    private StagedTable InOneTransaction(Session session, StageRequest request, StagingMethod way, IProgress<StageProgress> progress)
    {
        Lane.Check(session, target, request.Epoch);
        var staging = StagingTable.Create(session, request);
        var tally = new RejectTally(request.RejectsMax);
        var rejects = new RejectList(tally, Rejects.Words);
        var parts = request.Reader.OpenInOrder(request.Survey, Ahead);
        try
        {
            var loaded = way.Begin().Run(session, staging, new WholeDataset(parts, progress), rejects);
            var rows = new StagedRows(loaded, tally.Count, rejects.Records);
            rows.Verify(request);
            return new StagedTable(staging, rows, way.Name);
        }
        finally
        {
            parts.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}

/// <summary>How the rows of one dataset come into its staging table.</summary>
/// <param name="Streams">Sessions side by side, where they come in chunks.</param>
/// <param name="Commits">What a stream commits together.</param>
/// <param name="Begin">To be called once for each stream.</param>
internal sealed record StagingMethod(string Name, int Streams, CommitLimits Commits, Func<IPartWriting> Begin);

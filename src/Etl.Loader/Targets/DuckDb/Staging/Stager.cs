using DuckDB.NET.Native;
using Etl.Loader.Survey;
using Etl.Loader.Targets.DuckDb.Files;
using Etl.Loader.Targets.Staging;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Targets.DuckDb.Staging;

/// <param name="Way">How the rows came: "parquet", by DuckDB's own reader, or "records", by ours.</param>
internal sealed record StagedTable(TableName Name, StagedRows Rows, string Way);

/// <summary>
/// Puts a dataset's rows into its staging table: text by our own reader, which knows what was surveyed and which record is at fault, in one
/// transaction where it is small and else in chunks; Parquet by DuckDB's.
/// </summary>
internal sealed class Stager(string target, string databasePath, DuckDbGate gate, DuckDbSettings settings, TimeProvider time, ILogger logger)
{
    /// <summary>
    /// Up to here a table has its rows in the file's order. Beyond, DuckDB may interleave row groups of Parquet: under the memory limit,
    /// keeping them in order made it write 8 M rows twice (27 s against 4 s).
    /// </summary>
    private const long OrderedRows = 500_000;

    /// <summary>Parts read ahead of the appender, where they must be read in order: reading and appending go on at the same time.</summary>
    private const int Ahead = 1;

    private readonly ChunkedStaging _chunked = new(target, gate, settings, logger);

    public async Task<StagedTable> RunAsync(StageRequest request, IProgress<StageProgress> progress, CancellationToken token)
    {
        var staged = request.Survey switch
        {
            { Format: DataFormat.Parquet } => await gate.UseAsync(session => ByParquet(session, request, progress), token),
            var survey when survey.TextBytes < settings.ChunkBytes || !request.Reader.HasParts(survey) =>
                await gate.UseAsync(session => session.InTransaction(() => InOneTransaction(session, request, progress)), token),
            _ => await _chunked.RunAsync(request, progress, token),
        };
        progress.Report(new StageProgress(staged.Rows.Loaded, request.Survey.Bytes));
        return staged;
    }

    private StagedTable InOneTransaction(DuckDbSession session, StageRequest request, IProgress<StageProgress> progress)
    {
        var staging = Begin(session, request);
        var tally = new RejectTally(request.RejectsMax);
        var rejects = new RejectList(tally, Rejects.Words);
        var parts = request.Reader.OpenParts(request.Survey, Ahead, []);
        try
        {
            var loaded = new RecordWriting(request).Run(session, staging, new WholeDataset(parts, progress), rejects);
            return Verified(request, staging, new StagedRows(loaded, tally.Count, rejects.Records), "records");
        }
        finally
        {
            parts.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private StagedTable ByParquet(DuckDbSession session, StageRequest request, IProgress<StageProgress> progress)
    {
        if (request.Survey.Rows > OrderedRows)
        {
            session.Execute("SET preserve_insertion_order = false");
        }

        try
        {
            return session.InTransaction(() =>
            {
                var staging = Begin(session, request);
                ReadParquet(session, request, staging, progress);
                return Verified(request, staging, new StagedRows(StagingTable.Count(session, staging), 0, []), "parquet");
            });
        }
        catch (DuckDbStatementException exception) when (IsOfTheText(exception.Error))
        {
            throw new DatasetException(
                $"{string.Join(", ", request.Reader.Files.Select(f => f.Name))}: {DuckDbErrors.FirstLines(exception.Message)}",
                "Correct the file, or declare a wider type in the trigger's \"schema\".",
                request.Reader.Files[0].Name,
                inner: exception);
        }
    }

    private TableName Begin(DuckDbSession session, StageRequest request)
    {
        Fence.Check(session, target, request.Epoch);
        return StagingTable.Create(session, request);
    }

    private void ReadParquet(DuckDbSession session, StageRequest request, TableName staging, IProgress<StageProgress> progress)
    {
        using var links = PrivateDirectory.Of(databasePath).Link(request.Reader.Files.Select(f => f.Path), time);
        for (var file = 0; file < links.Patterns.Count; file++)
        {
            var sql = NativeParquet.Insert(session, request, staging, links.Patterns[file], request.Reader.Files[file].Name);
            using var asking = new NativeProgress(session, request.Survey, file, progress, time);
            session.Execute(sql);
        }
    }

    private static StagedTable Verified(StageRequest request, TableName staging, StagedRows rows, string way)
    {
        rows.Verify(request);
        return new StagedTable(staging, rows, way);
    }

    /// <summary>Errors that come from what was read, rather than from the disk, the memory or the database file.</summary>
    private static bool IsOfTheText(DuckDBErrorType error) => error is DuckDBErrorType.Conversion or DuckDBErrorType.InvalidInput
        or DuckDBErrorType.OutOfRange or DuckDBErrorType.MismatchType or DuckDBErrorType.Binder or DuckDBErrorType.Serialization
        or DuckDBErrorType.NotImplemented or DuckDBErrorType.Invalid;
}

using DuckDB.NET.Native;
using Etl.Loader.Survey;
using Etl.Loader.Targets.DuckDb.Files;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Targets.DuckDb.Staging;

/// <summary>What lies in the staging table.</summary>
/// <param name="Way">Which reader was used: "parquet", "delimited" or "records".</param>
internal sealed record StagedRows(TableName Staging, long Rows, IReadOnlyList<RejectedRecord> Rejects, string Way);

/// <summary>
/// Puts a dataset's rows into its staging table, each try in one transaction: by DuckDB's own reader where that reads exactly what was surveyed, else
/// record by record. A native reading that fails or differs is undone and repeated by records, which also gives the exact line.
/// </summary>
internal sealed class Stager(string target, string databasePath, TimeProvider time, ILogger logger)
{
    /// <summary>
    /// Up to here a table has its rows in the file's order. Beyond, DuckDB may interleave row groups of Parquet: under the memory limit,
    /// keeping them in order made it write 8 M rows twice (27 s against 4 s).
    /// </summary>
    private const long OrderedRows = 500_000;

    public StagedRows Run(DuckDbSession session, StageRequest request, IProgress<StageProgress> progress)
    {
        var staged = request.Survey.Format switch
        {
            DataFormat.Parquet => ByParquet(session, request, progress),
            DataFormat.Delimited => ByDelimited(session, request, progress) ?? session.InTransaction(() => ByRecords(session, request, progress)),
            _ => session.InTransaction(() => ByRecords(session, request, progress)),
        };
        progress.Report(new StageProgress(staged.Rows, request.Survey.Bytes));
        return staged;
    }

    private StagedRows? ByDelimited(DuckDbSession session, StageRequest request, IProgress<StageProgress> progress)
    {
        // Before a survey nothing is counted that DuckDB's reading could be held against.
        if (request.Reader.Surveys || NativeDelimited.Unfit(request) is not null)
        {
            return null;
        }

        try
        {
            var staging = session.InTransaction(() =>
            {
                var table = Begin(session, request);
                Insert(session, request, progress, (links, _) => NativeDelimited.Insert(request, table, links[0]));
                return table;
            });
            if (NativeDelimited.Difference(session, request, staging) is not { } difference)
            {
                return new StagedRows(staging, request.Survey.Rows, [], "delimited");
            }

            Log.NativeReaderDiffers(logger, request.Load, difference);
        }
        catch (DuckDbStatementException exception) when (IsOfTheText(exception.Error))
        {
            Log.NativeReaderDiffers(logger, request.Load, DuckDbErrors.FirstLines(exception.Message));
        }

        return null;
    }

    private StagedRows ByParquet(DuckDbSession session, StageRequest request, IProgress<StageProgress> progress)
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
                Insert(session, request, progress, (links, file) => NativeParquet.Insert(session, request, staging, links[file], request.Reader.Files[file].Name));
                return Checked(request, new StagedRows(staging, StagingTable.Count(session, staging), [], "parquet"));
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

    private StagedRows ByRecords(DuckDbSession session, StageRequest request, IProgress<StageProgress> progress)
    {
        var staging = Begin(session, request);
        var (rows, rejects) = new RecordStaging(session, request, progress).Run(staging);
        return Checked(request, new StagedRows(staging, rows, rejects, "records"));
    }

    private TableName Begin(DuckDbSession session, StageRequest request)
    {
        Fence.Check(session, target, request.Epoch);
        return StagingTable.Create(session, request);
    }

    private void Insert(
        DuckDbSession session, StageRequest request, IProgress<StageProgress> progress, Func<IReadOnlyList<string>, int, string> statement)
    {
        using var links = PrivateDirectory.Of(databasePath).Link(request.Reader.Files.Select(f => f.Path), time);
        for (var file = 0; file < links.Patterns.Count; file++)
        {
            var sql = statement(links.Patterns, file);
            using var asking = new NativeProgress(session, request.Survey, file, progress, time);
            session.Execute(sql);
        }
    }

    private static StagedRows Checked(StageRequest request, StagedRows staged)
    {
        var survey = request.Reader.Finish(request.Survey);
        return staged.Rows + staged.Rejects.Count == survey.Rows
            ? staged
            : throw new DatasetException(
                $"{survey.Files[0].Path}: {staged.Rows} rows were read and {staged.Rejects.Count} rejected, but the survey counted {survey.Rows}.",
                "The file changed while it was read; deliver it again, complete, before its trigger.",
                survey.Files[0].Path);
    }

    /// <summary>Errors that come from what was read, rather than from the disk, the memory or the database file.</summary>
    private static bool IsOfTheText(DuckDBErrorType error) => error is DuckDBErrorType.Conversion or DuckDBErrorType.InvalidInput
        or DuckDBErrorType.OutOfRange or DuckDBErrorType.MismatchType or DuckDBErrorType.Binder or DuckDBErrorType.Serialization
        or DuckDBErrorType.NotImplemented or DuckDBErrorType.Invalid;
}

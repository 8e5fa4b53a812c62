using DuckDB.NET.Native;
using Etl.Loader.Files;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Streams;
using Etl.Loader.Targets.Staging;

namespace Etl.Loader.Targets.DuckDb.Staging;

/// <summary>Parquet through DuckDB's own reader, a file or a chunk of it at a time, on all of its threads.</summary>
internal sealed class ParquetWriting(StageRequest request, TimeProvider time) : IPartWriting
{
    /// <summary>
    /// Up to here rows are in the file's order. Beyond, DuckDB may interleave row groups of Parquet: under the memory limit,
    /// keeping them in order made it write 8 M rows twice (27 s against 4 s).
    /// </summary>
    private const long OrderedRows = 500_000;

    public long Run(Session session, TableName staging, IPartSource source, RejectList rejects)
    {
        var loaded = 0L;
        while (source.NextAsync(session.Token).AsTask().GetAwaiter().GetResult() is { } part)
        {
            var rows = Insert(session, staging, source, part);
            loaded += rows;
            source.Ended(part, rows, rejected: 0);
        }

        return loaded;
    }

    private int Insert(Session session, TableName staging, IPartSource parts, DatasetPart part)
    {
        var source = request.Reader.Files[part.File];
        var name = source.Name;
        var file = request.Survey.Files[part.File];
        var chunk = file.Chunks.FirstOrDefault(c => c.Hash == part.Hash);
        var expected = chunk?.Rows ?? file.Rows;
        session.Execute($"SET preserve_insertion_order = {(expected <= OrderedRows ? "true" : "false")}");
        using var open = DataStreams.OpenHandle(source);
        var path = HandlePath.Of(open, source.Path);
        try
        {
            var insert = NativeParquet.Insert(session, request, staging, path, name, chunk);
            using var asking = new NativeProgress(session, part, expected, parts, time);
            return session.Execute(insert);
        }
        catch (DuckDbStatementException exception) when (IsOfTheFile(exception.Error))
        {
            throw new DatasetException(
                $"{name}: {ErrorCodes.FirstLines(exception.Message).Replace(path, name, StringComparison.Ordinal)}",
                "Correct the file, or declare a wider type in the trigger's \"schema\".",
                name,
                inner: exception);
        }
    }

    /// <summary>Errors that come from what was read, rather than from the disk, the memory or the database file.</summary>
    private static bool IsOfTheFile(DuckDBErrorType error) => error is DuckDBErrorType.Conversion or DuckDBErrorType.InvalidInput
        or DuckDBErrorType.OutOfRange or DuckDBErrorType.MismatchType or DuckDBErrorType.Binder or DuckDBErrorType.Serialization
        or DuckDBErrorType.NotImplemented or DuckDBErrorType.Invalid;
}

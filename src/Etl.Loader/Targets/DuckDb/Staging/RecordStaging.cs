using Etl.Loader.Survey;
using Etl.Loader.Targets.DuckDb.Files;

namespace Etl.Loader.Targets.DuckDb.Staging;

/// <summary>
/// Rows through our own reader: any format, encoding and dialect, with exact rejects.
/// </summary>
internal sealed class RecordStaging(DuckDbSession session, StageRequest request, IProgress<StageProgress> progress)
{
    private readonly List<RejectedRecord> _rejects = [];
    private long _bytesOfFinishedFiles;

    public (long Rows, IReadOnlyList<RejectedRecord> Rejects) Run(TableName staging)
    {
        using var appender = new ChunkAppender(session, staging, request.Columns);
        for (var file = 0; file < request.Reader.Files.Count; file++)
        {
            Append(appender, file);
            _bytesOfFinishedFiles += request.Survey.Files[file].Bytes;
        }

        appender.Complete();
        return (appender.Rows, _rejects);
    }

    private void Append(ChunkAppender appender, int file)
    {
        using var reader = request.Reader.Open(file);
        var batch = new RecordBatch();
        var damaged = 0;
        while (reader.Read(batch))
        {
            session.Token.ThrowIfCancellationRequested();
            for (var row = 0; row < batch.Rows; row++)
            {
                var column = appender.Add(batch, row);
                if (column >= 0)
                {
                    Reject(reader.Reject(batch, row, request.Columns[column].SourceName, Reason(batch, row, request.Columns[column])));
                }
            }

            damaged = TakeDamaged(reader, damaged);
            progress.Report(new StageProgress(appender.Rows, _bytesOfFinishedFiles + batch.BytesRead));
        }

        TakeDamaged(reader, damaged);
    }

    private int TakeDamaged(IRecordReader reader, int taken)
    {
        for (; taken < reader.Rejects.Count; taken++)
        {
            Reject(reader.Rejects[taken]);
        }

        return taken;
    }

    private void Reject(RejectedRecord record)
    {
        _rejects.Add(record);
        if (_rejects.Count <= request.RejectsMax)
        {
            return;
        }

        var first = _rejects[0];
        var where = first.Column is null ? "" : $", column '{first.Column}'";
        throw new DatasetException(
            $"{first.File}, line {first.Line}{where}: {first.Reason}.",
            request.RejectsMax == 0
                ? "Correct the record, or allow rejects in the trigger: \"rejects\": { \"max\": 10 }."
                : $"More than {request.RejectsMax} records cannot be loaded; correct them, or allow more rejects in the trigger.",
            first.File,
            first.Line,
            first.Column);
    }

    private static string Reason(RecordBatch batch, int row, TargetColumn column)
    {
        var text = System.Text.Encoding.UTF8.GetString(batch.Value(row, column.Ordinal));
        var shown = text.Length > 100 ? text[..100] + "…" : text;
        return $"'{shown}' does not fit {DuckDbTypes.Declare(column.Type)} without loss";
    }
}

using System.Text;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Types;
using Etl.Loader.Targets.DuckDb.Files;

namespace Etl.Loader.Targets.DuckDb.Staging;

/// <summary>
/// Rows through our own reader: any format, encoding and dialect, with exact rejects.
/// </summary>
internal sealed class RecordStaging(DuckDbSession session, StageRequest request, IProgress<StageProgress> progress)
{
    private const int ShownCharacters = 100;

    /// <summary>Characters of a rejected row that are kept; the rest can be read in the file at the byte offset.</summary>
    private const int KeptCharacters = 64 * 1024;

    /// <summary>Parts read ahead of the appender, where they must be read in order: reading and appending go on at the same time.</summary>
    private const int Ahead = 1;

    private readonly List<RejectedRecord> _rejects = [];
    private readonly RecordBatch _batch = new();
    private long _bytes;

    public (long Rows, IReadOnlyList<RejectedRecord> Rejects) Run(TableName staging)
    {
        using var appender = new ChunkAppender(session, staging, request.Columns);
        var parts = request.Reader.OpenParts(request.Survey, Ahead, []);
        try
        {
            while (parts.TakeAsync(session.Token).AsTask().GetAwaiter().GetResult() is { } part)
            {
                Append(appender, part);
                _bytes += part.Bytes;
            }
        }
        finally
        {
            parts.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        appender.Complete();
        return (appender.Rows, _rejects);
    }

    private void Append(ChunkAppender appender, DatasetPart part)
    {
        using var reader = part.Open();
        var batch = _batch;
        var damaged = 0;
        while (reader.Read(batch))
        {
            session.Token.ThrowIfCancellationRequested();
            for (var row = 0; row < batch.Rows; row++)
            {
                var column = appender.Add(batch, row);
                if (column >= 0)
                {
                    var at = request.Columns[column];
                    Reject(reader.Reject(batch, row, at.SourceName, Reason(batch, row, at)), at);
                }
            }

            damaged = TakeDamaged(reader, damaged);
            progress.Report(new StageProgress(appender.Rows, _bytes + Math.Clamp(batch.BytesRead - part.Start, 0, part.Bytes)));
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

    private void Reject(RejectedRecord record, TargetColumn? column = null)
    {
        _rejects.Add(record.Raw.Length > KeptCharacters ? record with { Raw = record.Raw[..KeptCharacters] } : record);
        if (_rejects.Count <= request.RejectsMax)
        {
            return;
        }

        var allowed = request.RejectsMax == 0 ? "" : $" (more than the {request.RejectsMax} rejects allowed)";
        var text = column is null || DuckDbTypes.IsText(column.Type) ? "" : $" write \"schema\": {{ \"{column.SourceName}\": \"text\" }} in the trigger,";
        throw new DatasetException(
            $"{record.File} line {record.Line}: {record.Reason}{allowed}.",
            $"Repair the row,{text} or allow rejects: \"rejects\": {{ \"max\": 100 }}.",
            record.File,
            record.Line,
            record.Column);
    }

    private static string Reason(RecordBatch batch, int row, TargetColumn column)
    {
        var value = batch.Value(row, column.Ordinal);
        var otherForm = ValueFormats.IsOfOtherForm(value);
        var text = Encoding.UTF8.GetString(ValueFormats.AsWritten(value));
        var shown = string.Concat(text.Take(ShownCharacters).Select(c => char.IsControl(c) ? '·' : c)) + (text.Length > ShownCharacters ? "…" : "");
        var type = DuckDbTypes.Declare(column.Type);
        return $"column '{column.SourceName}' has '{shown}', which {(otherForm ? $"is no {type} in the form that \"dialect\" states" : $"does not fit {type} without loss")}";
    }
}

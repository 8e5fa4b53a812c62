using Etl.Loader.Survey;
using Etl.Loader.Targets.Staging;

namespace Etl.Loader.Targets.DuckDb.Staging;

/// <summary>Rows through our own reader: any text format, encoding and dialect, with exact rejects. For one thread.</summary>
internal sealed class RecordWriting(StageRequest request) : IPartWriting
{
    private readonly RecordBatch _batch = new();

    public long Run(Session session, TableName staging, IPartSource source, RejectList rejects)
    {
        using var appender = new ChunkAppender(session, staging, request.Columns);
        while (source.NextAsync(session.Token).AsTask().GetAwaiter().GetResult() is { } part)
        {
            Append(appender, part, source, rejects, session.Token);
        }

        appender.Complete();
        return appender.Rows;
    }

    private void Append(ChunkAppender appender, DatasetPart part, IPartSource source, RejectList rejects, CancellationToken token)
    {
        using var reader = part.Open();
        long before = appender.Rows, rejected = rejects.Records.Count;
        while (reader.Read(_batch))
        {
            token.ThrowIfCancellationRequested();
            for (var row = 0; row < _batch.Rows; row++)
            {
                if (appender.Add(_batch, row) is var failed and >= 0)
                {
                    var column = request.Columns[failed];
                    rejects.Add(reader.Reject(_batch, row, column.SourceName, rejects.Reason(column, _batch.Value(row, column.Ordinal))), column);
                }
            }

            source.Encoded(part, appender.Rows - before, _batch.BytesRead);
        }

        foreach (var damaged in reader.Rejects)
        {
            rejects.Add(damaged);
        }

        source.Ended(part, appender.Rows - before, rejects.Records.Count - rejected);
    }
}

using Etl.Loader.Fuzz.Oracle;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.PostgreSql.Staging.Copy;

namespace Etl.Loader.Fuzz.Verdict;

/// <summary>One reading of a dataset, encoded as PostgreSQL gets it: the bytes of the COPY, and every record that was left aside.</summary>
internal sealed class Reading
{
    private readonly IReadOnlyList<TargetColumn> _columns;
    private readonly MemoryStream _copy = new();
    private readonly RowEncoder _encoder;

    private Reading(IReadOnlyList<TargetColumn> columns)
    {
        _columns = columns;
        _encoder = new(columns, new byte[64]);
        _encoder.WriteHeader();
    }

    public long Rows { get; private set; }

    /// <summary>By file, then line.</summary>
    public List<RejectedRecord> Rejects { get; } = [];

    public ReadOnlySpan<byte> Copy => _copy.GetBuffer().AsSpan(0, (int)_copy.Length);

    /// <summary>File by file from the start.</summary>
    public static Reading InOneGo(DatasetReader reader, IReadOnlyList<TargetColumn> columns)
    {
        var reading = new Reading(columns);
        for (var file = 0; file < reader.Files.Count; file++)
        {
            reading.Read(reader.Open(file));
        }

        return reading.Finish(reader);
    }

    /// <summary>Part by part, as several streams and a resume read.</summary>
    public static async Task<Reading> InPartsAsync(DatasetReader reader, DatasetSurvey survey, IReadOnlyList<TargetColumn> columns, CancellationToken token)
    {
        var reading = new Reading(columns);
        await using var parts = reader.OpenParts(survey, ahead: 2, []);
        while (await parts.TakeAsync(token) is { } part)
        {
            reading.Read(part.Open());
        }

        return reading.Finish(reader);
    }

    public List<object?[]> Values() => CopyStream.Read(Copy, [.. _columns.Select(column => column.Type.Kind)]);

    private void Read(IRecordReader opened)
    {
        using var records = opened;
        var batch = new RecordBatch();
        while (records.Read(batch))
        {
            for (var row = 0; row < batch.Rows; row++)
            {
                var column = _encoder.TryWrite(batch, row);
                if (column >= 0)
                {
                    Rejects.Add(records.Reject(batch, row, _columns[column].SourceName, $"column '{_columns[column].SourceName}' has a value that does not fit"));
                }
                else
                {
                    Rows++;
                }
            }

            if (_encoder.Length > 10_000)
            {
                Flush();
            }
        }

        Rejects.AddRange(records.Rejects);
    }

    private Reading Finish(DatasetReader reader)
    {
        _encoder.WriteTrailer();
        Flush();
        var order = reader.Files.Select(file => file.Name).ToList();
        Rejects.Sort((a, b) => (order.IndexOf(a.File), a.Offset).CompareTo((order.IndexOf(b.File), b.Offset)));
        return this;
    }

    private void Flush() => _copy.Write(_encoder.Take(new byte[64]));
}

using Etl.Loader.Fuzz.Oracle;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.PostgreSql.Copy;

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
    }

    public long Rows { get; private set; }

    /// <summary>By file, then line.</summary>
    public List<RejectedRecord> Rejects { get; } = [];

    public ReadOnlySpan<byte> Copy => _copy.GetBuffer().AsSpan(0, (int)_copy.Length);

    /// <param name="chunks">True: chunk by chunk, as several streams and a resume read.</param>
    public static Reading Of(DatasetSurvey survey, DatasetReader reader, IReadOnlyList<TargetColumn> columns, bool chunks)
    {
        var reading = new Reading(columns);
        reading._encoder.WriteHeader();
        for (var file = 0; file < survey.Files.Count; file++)
        {
            var first = reading.Rejects.Count;
            var parts = chunks ? survey.Files[file].Chunks : [];
            foreach (var part in parts.Cast<Chunk?>().DefaultIfEmpty(null))
            {
                reading.Read(reader, file, part);
            }

            reading.Rejects.Sort(first, reading.Rejects.Count - first, Comparer<RejectedRecord>.Create((a, b) => a.Offset.CompareTo(b.Offset)));
        }

        reading._encoder.WriteTrailer();
        reading.Flush();
        return reading;
    }

    public List<object?[]> Values() => CopyStream.Read(Copy, [.. _columns.Select(column => column.Type.Kind)]);

    private void Read(DatasetReader reader, int file, Chunk? part)
    {
        using var records = reader.Open(file, part);
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

    private void Flush() => _copy.Write(_encoder.Take(new byte[64]));
}

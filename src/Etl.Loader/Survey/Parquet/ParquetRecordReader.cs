using System.Text;
using System.Text.Json;
using Etl.Loader.Survey.JsonLines;
using Etl.Loader.Survey.Streams;

namespace Etl.Loader.Survey.Parquet;

/// <summary>Reads rows of one Parquet file into batches. Rows with a NUL character in a text are left aside.</summary>
/// <param name="select">Asks for the chunk's rows; called with the first batch, since not every part that is opened is read.</param>
internal sealed class ParquetRecordReader(SourceFile file, Func<ParquetRows> select, string[] names, Chunk chunk, int batchBytes) : IRecordReader
{
    /// <summary>Readable bytes behind the last value: vectorised readers of values look that far.</summary>
    private const int Slack = 64;
    private const int MaxRows = 4096;
    private const int MaxFields = 128 * 1024;

    private readonly int _maxRows = Math.Clamp(MaxFields / Math.Max(names.Length, 1), 16, MaxRows);
    private readonly List<RejectedRecord> _rejects = [];
    private readonly long _end = chunk.FirstRow + chunk.Rows;
    private ParquetRows? _rows;
    private long _row = chunk.FirstRow;
    private int _inVector;

    public IReadOnlyList<RejectedRecord> Rejects => _rejects;

    public bool Read(RecordBatch batch)
    {
        _rows ??= select();
        (batch.Columns, batch.Rows) = (names.Length, 0);
        if (batch.Data.Length < batchBytes || batch.Data.Length > 4L * batchBytes)
        {
            batch.Data = new byte[2 * batchBytes];
        }

        if (batch.Lines.Length < _maxRows || batch.Fields.Length < _maxRows * names.Length)
        {
            (batch.Lines, batch.Offsets) = (new long[_maxRows], new long[_maxRows + 1]);
            batch.Fields = new Field[_maxRows * names.Length];
        }

        var used = 0;
        while (batch.Rows < _maxRows && used < batchBytes && MoveNext(_rows.Stream))
        {
            ReadRow(_rows, batch, ref used);
            _row++;
        }

        // DuckDB's texts are valid UTF-8, and rows with a NUL are left aside.
        batch.IsCleanText = true;
        batch.Offsets[batch.Rows] = _row;
        batch.BytesRead = chunk.Offset + (chunk.Rows == 0 ? chunk.Bytes : (long)((double)chunk.Bytes * (_row - chunk.FirstRow) / chunk.Rows));
        if (batch.Rows == 0 && _row != _end)
        {
            throw ChangedFile.Fault(file, $"{Amounts.Counted(_end, "row")} before, {_row} now");
        }

        return batch.Rows > 0;
    }

    public RejectedRecord Reject(RecordBatch batch, int row, string? column, string reason) =>
        new(
            file.Name,
            batch.Lines[row],
            batch.Offsets[row],
            0,
            column,
            reason,
            Raw(c => batch.IsNull(row, c) ? null : batch.Value(row, c).ToArray()));

    public void Dispose() => _rows?.Dispose();

    private bool MoveNext(ParquetStream stream)
    {
        if (_inVector < stream.Rows)
        {
            return true;
        }

        _inVector = 0;
        return stream.TryRead();
    }

    private void ReadRow(ParquetRows rows, RecordBatch batch, ref int used)
    {
        var row = _inVector++;
        var start = used;
        var fields = batch.Fields.AsSpan(batch.Rows * names.Length, names.Length);
        for (var column = 0; column < fields.Length; column++)
        {
            if (rows.Stream.IsNull(row, column))
            {
                fields[column] = new(0, -1);
                continue;
            }

            var length = rows.Forms[column].Kind == VectorKind.Text
                ? Copy(batch, used, rows.Stream.Value(row, column))
                : Write(rows, batch, used, row, column);
            fields[column] = new(used, length);
            used += length;
        }

        if (batch.Data.AsSpan(start, used - start).Contains((byte)0))
        {
            var values = fields.ToArray();
            var column = Array.FindIndex(values, field => field.Length > 0 && batch.Data.AsSpan(field.Start, field.Length).Contains((byte)0));
            var raw = Raw(c => values[c].Length < 0 ? null : batch.Data.AsSpan(values[c].Start, values[c].Length).ToArray());
            _rejects.Add(new(file.Name, _row + 1, _row, 0, names[column], "its text has a NUL character", raw));
            used = start;
            return;
        }

        (batch.Lines[batch.Rows], batch.Offsets[batch.Rows]) = (_row + 1, _row);
        batch.Rows++;
    }

    private static int Copy(RecordBatch batch, int at, ReadOnlySpan<byte> value)
    {
        Ensure(batch, at + value.Length + Slack);
        value.CopyTo(batch.Data.AsSpan(at));
        return value.Length;
    }

    private int Write(ParquetRows rows, RecordBatch batch, int at, int row, int column)
    {
        Ensure(batch, at + VectorForm.MaxBytes + Slack);
        var form = rows.Forms[column];
        var value = rows.Stream.Number(row, column, form.Bytes);
        return form.Write(value, batch.Data.AsSpan(at)) is var length and >= 0
            ? length
            : throw ChangedFile.Fault(file, $"row {_row + 1} has a date outside the years 1 to 9999", column: names[column]);
    }

    private static void Ensure(RecordBatch batch, int needed)
    {
        if (needed > batch.Data.Length)
        {
            var data = batch.Data;
            Array.Resize(ref data, Math.Max(needed, 2 * data.Length));
            batch.Data = data;
        }
    }

    /// <summary>A row as an object of texts: Parquet itself is nothing that people can repair in an editor.</summary>
    private string Raw(Func<int, byte[]?> value)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            for (var column = 0; column < names.Length; column++)
            {
                json.WriteString(names[column], value(column) is { } bytes ? JsonText.Raw(bytes) : null);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }
}

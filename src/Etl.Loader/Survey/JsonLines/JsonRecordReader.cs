using Etl.Loader.Survey.Streams;
using Etl.Loader.Survey.Types;

namespace Etl.Loader.Survey.JsonLines;

/// <summary>Reads the records of one JSON lines file or chunk into batches.</summary>
/// <param name="types">The final types: of JSON columns strings keep their quotes and escapes, all others are given as text.</param>
/// <param name="delivered">Up to where the file has been read.</param>
/// <param name="compare">Called at the end; throws where the file is not the one that was surveyed.</param>
internal sealed class JsonRecordReader(
    SourceFile file,
    JsonLineReader lines,
    JsonColumns columns,
    IReadOnlyList<ColumnType> types,
    long firstRow,
    Func<long> delivered,
    Action compare,
    JsonLinesLimits limits) : IRecordReader
{
    /// <summary>Readable bytes behind the last value: vectorised readers of values look that far.</summary>
    private const int Slack = 64;
    private const int MaxRows = 4096;
    private const int MaxFields = 128 * 1024;

    /// <summary>Bytes of a day and its midnight.</summary>
    private const int MomentBytes = 19;

    private readonly int _midnights = types.Count(type => type.Kind == TypeKind.Timestamp);
    private readonly JsonRecordParser _parser = new(columns);
    private readonly int _count = columns.Count;
    private readonly TypeKind[] _kinds = [.. types.Select(type => type.Kind)];
    private readonly List<RejectedRecord> _rejects = [];
    private long _row = firstRow;
    private int _used;

    private static ReadOnlySpan<byte> Midnight => " 00:00:00"u8;

    public IReadOnlyList<RejectedRecord> Rejects => _rejects;

    public bool Read(RecordBatch batch)
    {
        var maxRows = RowsOf(_count);
        (batch.Columns, batch.Rows, _used) = (_count, 0, 0);
        if (batch.Data.Length < limits.Batch || batch.Data.Length > 4L * limits.Batch)
        {
            batch.Data = new byte[limits.Batch + Slack];
        }

        if (batch.Lines.Length < maxRows || batch.Fields.Length < maxRows * (_count + 1))
        {
            batch.Lines = new long[maxRows];
            batch.Offsets = new long[maxRows + 1];
            batch.Fields = new Field[maxRows * (_count + 1)];
        }

        try
        {
            Fill(batch, maxRows);
        }
        catch (InvalidDataException exception)
        {
            // The survey could decode it.
            throw ChangedFile.Fault(file, exception.Message);
        }

        batch.BytesRead = delivered();
        if (batch.Rows == 0)
        {
            compare();
        }

        return batch.Rows > 0;
    }

    public RejectedRecord Reject(RecordBatch batch, int row, string? column, string reason)
    {
        var raw = batch.Fields[RowsOf(batch.Columns) * batch.Columns + row];
        var text = JsonText.Raw(batch.Data.AsSpan(raw.Start, raw.Length));
        return new(file.Name, batch.Lines[row], batch.Offsets[row], raw.Length, column, reason, text);
    }

    public void Dispose() => lines.Dispose();

    private static int RowsOf(int columns) => Math.Clamp(MaxFields / Math.Max(columns, 1), 16, MaxRows);

    private void Fill(RecordBatch batch, int maxRows)
    {
        while (batch.Rows < maxRows && _used < limits.Batch && lines.TryRead())
        {
            var (start, length) = JsonText.Trim(lines);
            if (length > 0)
            {
                ReadRecord(batch, start, length);
                _row++;
            }
        }
    }

    private void ReadRecord(RecordBatch batch, int start, int length)
    {
        if (lines.TooLong || !_parser.TryParse(lines.Buffer, start, length))
        {
            var (column, reason) = lines.TooLong ? (null, JsonRecordFault.TooLong(limits.MaxLine)) : (_parser.Column, _parser.Reason);
            var raw = JsonText.Raw(lines.Buffer.AsSpan(start, length));
            _rejects.Add(new(file.Name, lines.Line, lines.Offset, lines.EndOffset - lines.Offset, column, reason, raw));
            return;
        }

        if (columns.Count > _count)
        {
            throw ChangedFile.Fault(file, $"line {lines.Line} has a new key, '{columns.Name(_count)}'", lines.Line);
        }

        // The line itself goes along, for Reject; most values are ranges of it.
        var row = batch.Rows++;
        Reserve(batch, length + _parser.ScratchUsed + _midnights * MomentBytes);
        lines.Buffer.AsSpan(start, length).CopyTo(batch.Data.AsSpan(_used));
        batch.Fields[RowsOf(_count) * _count + row] = new(_used, length);
        (batch.Lines[row], batch.Offsets[row], batch.Offsets[row + 1]) = (lines.Line, lines.Offset, lines.EndOffset);
        var moved = _used - start;
        _used += length;
        var fields = batch.Fields.AsSpan(row * _count, _count);
        for (var column = 0; column < fields.Length; column++)
        {
            fields[column] = FieldOf(batch.Data, _parser.Value(column), moved, _kinds[column]);
        }
    }

    private Field FieldOf(byte[] data, JsonValue value, int moved, TypeKind kind)
    {
        if (value.Kind == JsonValueKind.Null)
        {
            return new(0, -1);
        }

        if (kind == TypeKind.Json || value.Kind != JsonValueKind.String)
        {
            return new(value.Start + moved, value.Length);
        }

        if (value.Unescaped < 0)
        {
            var text = new Field(value.Start + 1 + moved, value.Length - 2);
            return kind == TypeKind.Timestamp && ValueParser.TryDate(data.AsSpan(text.Start, text.Length), out _) ? AtMidnight(data, text) : text;
        }

        var start = _used;
        _parser.Scratch.AsSpan(value.Unescaped, value.UnescapedLength).CopyTo(data.AsSpan(start));
        _used += value.UnescapedLength;
        return new(start, value.UnescapedLength);
    }

    /// <summary>A day in a column that is of timestamps elsewhere.</summary>
    private Field AtMidnight(byte[] data, Field day)
    {
        var start = _used;
        data.AsSpan(day.Start, day.Length).CopyTo(data.AsSpan(start));
        Midnight.CopyTo(data.AsSpan(start + day.Length));
        _used += day.Length + Midnight.Length;
        return new(start, day.Length + Midnight.Length);
    }

    /// <summary>Makes room for so many bytes more. What is in the batch stays at its place.</summary>
    private void Reserve(RecordBatch batch, int bytes)
    {
        var needed = _used + bytes + Slack;
        if (needed > batch.Data.Length)
        {
            var data = batch.Data;
            Array.Resize(ref data, Math.Max(needed, 2 * data.Length));
            batch.Data = data;
        }
    }
}

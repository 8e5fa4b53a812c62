using Etl.Loader.Survey.Types;

namespace Etl.Loader.Survey.Delimited.Reading;

/// <summary>Makes the scanner's records what targets read: columns in the survey's order, values canonical for their final type.</summary>
internal sealed class BatchFinish
{
    private readonly ValueFormats _formats;
    private readonly (int Column, TypeKind Kind)[] _rewritten;
    private readonly int[] _padded;
    private readonly int[]? _order;
    private Field[] _row = [];

    /// <param name="order">For each column its place in the file; null: the same.</param>
    public BatchFinish(Dialect dialect, IReadOnlyList<ColumnType> types, int[]? order)
    {
        _formats = new(dialect.Decimal, dialect.DateFormat, dialect.TimestampFormat);
        _order = order;
        _padded = dialect.Padded is { } padded
            ? [.. Enumerable.Range(0, types.Count).Where(column =>
                padded.Contains(order?[column] ?? column) && types[column].Kind is not (TypeKind.Text or TypeKind.Json or TypeKind.Bytes or TypeKind.Empty))]
            : [];
        _rewritten = [.. types.Select((type, column) => (column, type.Kind)).Where(entry => _formats.Rewrites(entry.Kind))];
    }

    /// <param name="free">Where the batch's data may be written to.</param>
    public void Apply(RecordBatch batch, int free)
    {
        if (_order is not null)
        {
            Reorder(batch);
        }

        foreach (var column in _padded)
        {
            Trim(batch, column);
        }

        foreach (var (column, kind) in _rewritten)
        {
            for (var i = column; i < batch.Rows * batch.Columns; i += batch.Columns)
            {
                var field = batch.Fields[i];
                if (field.Length < 0)
                {
                    continue;
                }

                var room = Math.Max(field.Length + 1, ValueFormats.MaxCanonicalBytes);
                if (batch.Data.Length - free < room + NumberShape.Slack)
                {
                    var larger = new byte[batch.Data.Length * 2 + room];
                    batch.Data.CopyTo(larger, 0);
                    batch.Data = larger;
                }

                if (_formats.TryCanonical(batch.Data.AsSpan(field.Start, field.Length), kind, batch.Data.AsSpan(free, room), out var written))
                {
                    batch.Fields[i] = new(free, written);
                    free += written;
                }
            }
        }
    }

    /// <summary>Blanks around a value that is no text are none of it; nothing but blanks is no value.</summary>
    private static void Trim(RecordBatch batch, int column)
    {
        for (var i = column; i < batch.Rows * batch.Columns; i += batch.Columns)
        {
            var field = batch.Fields[i];
            if (field.Length <= 0)
            {
                continue;
            }

            var value = batch.Data.AsSpan(field.Start, field.Length);
            var end = value.TrimEnd((byte)' ').Length;
            var start = end - value[..end].TrimStart((byte)' ').Length;
            batch.Fields[i] = end == 0 ? new(field.Start, -1) : new(field.Start + start, end - start);
        }
    }

    private void Reorder(RecordBatch batch)
    {
        if (_row.Length < batch.Columns)
        {
            _row = new Field[batch.Columns];
        }

        for (var row = 0; row < batch.Rows; row++)
        {
            var fields = batch.Fields.AsSpan(row * batch.Columns, batch.Columns);
            fields.CopyTo(_row);
            for (var column = 0; column < fields.Length; column++)
            {
                fields[column] = _row[_order![column]];
            }
        }
    }
}

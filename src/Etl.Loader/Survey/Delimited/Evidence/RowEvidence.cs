using Etl.Loader.Survey.Delimited.Dialects;

namespace Etl.Loader.Survey.Delimited.Evidence;

/// <summary>
/// Looks at every record of a file for what is not a row of it although it is as wide: the header again, remarks, empty lines, rows swallowed
/// by a quote. The sample shows only the beginning.
/// </summary>
/// <param name="found">What the sample showed.</param>
/// <param name="spec">What the producer said: what is said is not doubted.</param>
internal sealed class RowEvidence(string file, FoundDialect found, DialectSpec spec)
{
    private readonly byte[] _firstName = System.Text.Encoding.UTF8.GetBytes(found.Names[0]);
    private readonly SwallowedRows? _swallowed =
        spec.Quote is null && found.Dialect.Quote != '\0' && found.Names.Count > 1 ? new(file, found.Dialect, found.Names.Count, found.Typed) : null;

    private readonly RemarkEvidence _remarks = new(file, found);

    private long _rows;
    private (long Line, long Offset)? _empty;
    private bool _rowAfterEmpty;
    private bool _filled;

    /// <summary>Where empty records begin that follow others and nothing follows; null: the last record is none, or all are.</summary>
    public long? EmptyEnd => _rowAfterEmpty || !_filled ? null : _empty?.Offset;

    public void Observe(RecordBatch batch)
    {
        var columns = batch.Columns;
        for (var row = 0; row < batch.Rows; row++)
        {
            var first = batch.Fields[row * columns];
            if (first.Length < 0)
            {
                if (columns > 1 && IsEmpty(batch, row))
                {
                    _empty ??= (batch.Lines[row], batch.Offsets[row]);
                    continue;
                }
            }
            else if (first.Length > 0)
            {
                var value = batch.Data.AsSpan(first.Start, first.Length);
                if (value[0] == '#')
                {
                    _remarks.Observe(batch, row);
                }

                if (value.SequenceEqual(_firstName) && found.Dialect.Header && IsHeader(batch, row))
                {
                    throw TableEvidence.RepeatedHeader(file, batch.Lines[row], null);
                }
            }

            _filled = true;
            if (_empty is not null && !_rowAfterEmpty)
            {
                _rowAfterEmpty = true;
                RefuseEmpty();
            }
        }

        _rows += batch.Rows;
        _swallowed?.Observe(batch);
    }

    /// <summary>To be called at the end of the file.</summary>
    public void Finish() => _remarks.Finish(_rows);

    /// <summary>Throws where records without any value stand between others, unless the producer says what an empty field means.</summary>
    public void RefuseEmpty()
    {
        if (spec.Null is null)
        {
            throw new DatasetException(
                $"{file}: line {_empty!.Value.Line} has no value in any field; it is not clear whether it is a row or separates two tables.",
                "Deliver the file without it, or write \"dialect\": {\"null\": [\"\"]} in the trigger if it is a row of nulls.",
                file,
                _empty.Value.Line)
            {
                Choices = [new("a row of nulls", new() { Null = [""] })],
            };
        }
    }

    private static bool IsEmpty(RecordBatch batch, int row)
    {
        foreach (var field in batch.Fields.AsSpan(row * batch.Columns, batch.Columns))
        {
            if (field.Length >= 0)
            {
                return false;
            }
        }

        return true;
    }

    private bool IsHeader(RecordBatch batch, int row)
    {
        for (var column = 0; column < batch.Columns; column++)
        {
            if (!batch.IsNull(row, column) && System.Text.Encoding.UTF8.GetString(batch.Value(row, column)) != found.Names[column])
            {
                return false;
            }
        }

        return true;
    }
}

using System.Text;
using Etl.Loader.Survey.Delimited.Dialects;

namespace Etl.Loader.Survey.Delimited.Evidence;

/// <summary>
/// Lines as wide as the table that begin with '#'. A remark has no values where the rows have numbers or dates; a row that someone took out
/// continues behind the mark as all others begin. What is neither is a row.
/// </summary>
internal sealed class RemarkEvidence(string file, FoundDialect found)
{
    /// <summary>Where more rows than one in so many begin with '#', it is their way to begin.</summary>
    private const int Usual = 10;

    private readonly List<int> _values = [.. found.Typed.Where(column => column > 0)];
    private long _rows;
    private long _remarks;
    private long? _line;

    /// <param name="row">Its first field begins with '#', which may be in quotes.</param>
    public void Observe(RecordBatch batch, int row)
    {
        if (batch.Data[batch.Offsets[row] - batch.DataOffset] != '#')
        {
            return;
        }

        if (HasValues(batch, row) && !IsTakenOut(Text(batch, row, 0)[1..].Trim()))
        {
            _rows++;
            return;
        }

        _remarks++;
        _line ??= batch.Lines[row];
    }

    /// <summary>To be called at the end of the file. Throws where some lines may be remarks.</summary>
    /// <param name="rows">All of the file.</param>
    public void Finish(long rows)
    {
        if (_line is { } line && (_remarks + _rows) * Usual < rows)
        {
            throw new DatasetException(
                $"{file}: line {line} begins with '#' like a comment, the others do not; it is not clear whether it is a row.",
                "Deliver the file without it, or write \"types\": \"text\" in the trigger if the line is a row.",
                file,
                line);
        }
    }

    private static string Text(RecordBatch batch, int row, int column) => batch.IsNull(row, column) ? "" : Encoding.UTF8.GetString(batch.Value(row, column));

    private bool HasValues(RecordBatch batch, int row)
    {
        var values = _values.Select(column => Text(batch, row, column)).Where(text => text.Length > 0).ToList();
        return values.Count > 0 && values.TrueForAll(CellEvidence.IsTyped);
    }

    private bool IsTakenOut(string behind) =>
        (found.Typed.Contains(0) && CellEvidence.IsTyped(behind)) || (behind.Length > 0 && CellEvidence.Shape(behind) == found.FirstShape);
}

using System.Text;
using Etl.Loader.Survey.Delimited.Dialects;
using Etl.Loader.Survey.Delimited.Scanning;

namespace Etl.Loader.Survey.Delimited.Evidence;

/// <summary>
/// Two quotes too many, in different rows, swallow the rows between them into one field and still parse. What was swallowed looks like
/// rows: each line has as many delimiters as a row has, or one has values where the table's columns of values are.
/// </summary>
/// <param name="typed">Columns of numbers, dates and similar, judging by the sample.</param>
internal sealed class SwallowedRows(string file, Dialect dialect, int columns, IReadOnlyList<int> typed)
{
    /// <summary>Steps for each byte of a record: with more fields to look at in it than these allow, no one can say what a quote has swallowed.</summary>
    private const long StepsPerByte = 64;

    private const long LeastSteps = 1_000_000;
    private const long MostSteps = 200_000_000;

    private readonly byte[] _delimiter = Encoding.UTF8.GetBytes(dialect.Delimiter);
    private readonly ScanDialect _scan = new(dialect);
    private readonly int[] _cells = new int[columns + 1];

    /// <summary>Where the field is in the record that is read without its quotes.</summary>
    private (int From, int Until) _enclosed;

    private long _stepsLeft;

    public void Observe(RecordBatch batch)
    {
        for (var row = 0; row < batch.Rows; row++)
        {
            // A record of one line is followed by the next line; blank and rejected lines between them are looked at for nothing.
            if (row + 1 < batch.Rows && batch.Lines[row + 1] == batch.Lines[row] + 1)
            {
                continue;
            }

            var from = (int)(batch.Offsets[row] - batch.DataOffset);
            var until = (int)(batch.Offsets[row + 1] - batch.DataOffset);
            var record = batch.Data.AsSpan(from, until - from);
            var end = new RecordEnd(_scan).Feed(record);
            record = (end > 0 ? record[..end] : record).TrimEnd("\r\n"u8);
            if (record.IndexOfAny((byte)'\r', (byte)'\n') >= 0 && (LooksLikeRows(record) || _stepsLeft < 0))
            {
                throw new DatasetException(
                    _stepsLeft < 0
                        ? $"{file}: the record at line {batch.Lines[row]} has too many quoted fields with line breaks to decide whether a stray quote has swallowed rows."
                        : $"{file}: a quoted field of the record at line {batch.Lines[row]} has lines in it that look like rows; a stray quote may have swallowed them.",
                    $"Repair the line, or write \"dialect\": {{\"quote\": \"{DialectText.Json(dialect.Quote.ToString())}\"}} in the trigger if the text is intended.",
                    file,
                    batch.Lines[row]);
            }
        }
    }

    /// <summary>For each field with line breaks in quotes: as if those quotes were none.</summary>
    private bool LooksLikeRows(ReadOnlySpan<byte> record)
    {
        var broken = 0;
        _stepsLeft = Math.Min(LeastSteps + record.Length * StepsPerByte, MostSteps);
        for (var opened = 0; opened <= broken && _stepsLeft >= 0; opened++)
        {
            if (LooksLikeRows(record, opened, out broken))
            {
                return true;
            }
        }

        return false;
    }

    /// <param name="opened">Which of the fields with line breaks is read without its quotes.</param>
    /// <param name="broken">How many there are behind the first.</param>
    private bool LooksLikeRows(ReadOnlySpan<byte> record, int opened, out int broken)
    {
        int lines = 0, delimiters = 0, at = 0;
        broken = -1;
        _enclosed = default;
        var (fieldStart, all) = (true, true);
        _cells[0] = 0;
        while (--_stepsLeft >= 0)
        {
            var rest = record[at..];
            if (rest.IsEmpty || rest[0] is (byte)'\n' or (byte)'\r')
            {
                // More delimiters than a row has are commas in a text; a text of a few lines seldom has so many in each.
                var (fits, shows) = delimiters == columns - 1 ? Values(record, at) : (columns > 3 && delimiters >= columns, false);
                if (shows)
                {
                    return true;
                }

                all &= fits;
                lines++;
                if (rest.IsEmpty)
                {
                    return all && lines > 1;
                }

                at += rest.StartsWith("\r\n"u8) ? 2 : 1;
                (delimiters, fieldStart, _cells[0]) = (0, true, at);
                continue;
            }

            if (fieldStart && rest[0] == dialect.Quote && Quoted(rest, out var breaks) is > 0 and var length)
            {
                if (!breaks || ++broken != opened)
                {
                    at += length;
                    fieldStart = false;
                    continue;
                }

                _enclosed = (at, at + length);
            }

            fieldStart = rest.StartsWith(_delimiter);
            at += fieldStart ? _delimiter.Length : 1;
            if (fieldStart)
            {
                _cells[Math.Min(++delimiters, columns)] = at;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether the line that ends here has nothing but values in the columns of values, and whether that shows a row: it has one in each, and
    /// not all of them stand outside the quotes, where they are the record's own either way.
    /// </summary>
    private (bool Fits, bool Shows) Values(ReadOnlySpan<byte> record, int end)
    {
        var (filled, enclosed) = (0, false);
        foreach (var column in typed)
        {
            var (from, until) = (_cells[column], column + 1 < columns ? _cells[column + 1] - _delimiter.Length : end);
            var text = Encoding.UTF8.GetString(record[from..until]).Trim(dialect.Quote);
            if (CellEvidence.IsTyped(text))
            {
                filled++;
                enclosed |= from >= _enclosed.From && until <= _enclosed.Until;
            }
            else if (text.Length > 0)
            {
                return (false, false);
            }
        }

        return (true, filled == typed.Count && enclosed);
    }

    /// <summary>Length of a quoted field, quotes included; 0 where it is not closed.</summary>
    private int Quoted(ReadOnlySpan<byte> text, out bool breaks)
    {
        breaks = false;
        for (var i = 1; i < text.Length; i++)
        {
            breaks |= text[i] is (byte)'\n' or (byte)'\r';
            if (text[i] == '\\' && dialect.Escape == '\\')
            {
                i++;
            }
            else if (text[i] == dialect.Quote)
            {
                if (dialect.Escape != dialect.Quote || i + 1 == text.Length || text[i + 1] != dialect.Quote)
                {
                    _stepsLeft -= i;
                    return i + 1;
                }

                i++;
            }
        }

        _stepsLeft -= text.Length;
        return 0;
    }
}

using System.Text;
using System.Text.Unicode;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Delimited.Evidence;

namespace Etl.Loader.Fuzz.Oracle;

/// <summary>One record as the reference has it.</summary>
/// <param name="Fields">Null where the record is damaged.</param>
internal sealed record ReferenceRecord(long Line, int Start, int End, string?[]? Fields);

/// <summary>
/// Delimited text taken apart byte by byte by a settled dialect, the way the documentation says it. Slow and short: what a damaged file
/// should have become is compared with this.
/// </summary>
internal sealed class ReferenceRecords(byte[] text, Dialect dialect, int columns, int maxRecord)
{
    private readonly int _wide = columns + (dialect.Trailing ? 1 : 0);
    private readonly byte[] _delimiter = Encoding.UTF8.GetBytes(dialect.Delimiter);
    private readonly List<string?> _fields = [];
    private int _at;
    private long _line = 1;
    private bool _damaged;
    private bool _naming;

    /// <summary>A quote that was opened is never closed: no table is right.</summary>
    public bool Unclosed { get; private set; }

    /// <summary>Null where the header's own quotes are damaged, so that its names are anybody's guess.</summary>
    public IReadOnlyList<string>? Header { get; private set; }

    public List<ReferenceRecord> Read()
    {
        for (var i = 0; i < dialect.Skip && _at < text.Length; i++)
        {
            while (_at < text.Length && !IsEnd(_at))
            {
                _at++;
            }

            EndLine();
        }

        if (dialect.Header)
        {
            while (_at < text.Length && IsEnd(_at))
            {
                EndLine();
            }

            _naming = true;
            Record();
            _naming = false;
            Header = _damaged ? null : [.. _fields.Select(name => name!).SkipLast(dialect.Trailing && _fields[^1] == "" ? 1 : 0)];
        }

        var records = new List<ReferenceRecord>();
        while (_at < text.Length && !Unclosed)
        {
            var (start, line) = (_at, _line);
            var end = Record();
            if (end == start && columns > 1)
            {
                continue;
            }

            var raw = text.AsSpan(start, end - start);
            var count = _fields.Count;
            if (dialect.Comments && count != _wide && raw.StartsWith("#"u8))
            {
                continue;
            }

            var torn = count < _wide && end == _at && end > start;
            var bad = _damaged || torn || raw.Contains((byte)0) || raw.Contains((byte)0x1A) || (count < _wide && !Pads(dialect)) || !Utf8.IsValid(raw) || raw.Length > maxRecord
                || (dialect.Pad ? count > _wide : count != _wide || raw.IsEmpty);
            records.Add(new(line, start, _at, bad ? null : [.. _fields.Take(columns), .. Enumerable.Repeat<string?>(null, Math.Max(0, columns - count))]));
        }

        return records;
    }

    /// <summary>Whether the values of a short record are like those of the complete ones, as the settled form says it.</summary>
    private bool Pads(Dialect settled) => new PadEvidence(settled) is var padding
        && _fields.Select((text, column) => text is null || padding.Fits(column, Encoding.UTF8.GetBytes(text))).All(fits => fits);

    /// <summary>Reads one record and its line end; returns where its text ends.</summary>
    private int Record()
    {
        _fields.Clear();
        _damaged = false;
        while (true)
        {
            _fields.Add(Field());
            if (_at < text.Length && Delimits(_at))
            {
                _at += _delimiter.Length;
                continue;
            }

            var end = _at;
            EndLine();
            return end;
        }
    }

    private string? Field()
    {
        if (_at < text.Length && dialect.Quote != '\0' && text[_at] == dialect.Quote)
        {
            return Quoted();
        }

        var start = _at;
        SkipPlain();
        var field = Encoding.UTF8.GetString(text, start, _at - start);

        // A name means itself, also where it is written like a null.
        return !_naming && dialect.Nulls.Contains(field) ? null : field;
    }

    private string Quoted()
    {
        var value = new List<byte>();
        for (_at++; _at < text.Length; _at++)
        {
            var (c, next) = (text[_at], _at + 1 < text.Length ? text[_at + 1] : (byte)0);
            if (c == '\\' && dialect.Escape == '\\' && _at + 1 < text.Length)
            {
                if (next != dialect.Quote && next != '\\')
                {
                    value.Add(c);
                }

                // The byte after it is never a quote or another backslash.
                value.Add(next);
                _at++;
                CountLine();
            }
            else if (c == dialect.Quote && dialect.Escape == dialect.Quote && next == c)
            {
                value.Add(c);
                _at++;
            }
            else if (c == dialect.Quote)
            {
                _at++;
                var behind = _at;
                SkipPlain();
                _damaged |= _at > behind;
                return Encoding.UTF8.GetString([.. value]);
            }
            else
            {
                value.Add(c);
                CountLine();
            }
        }

        Unclosed = true;
        return "";
    }

    /// <summary>Up to the next delimiter or line end; a quote on the way is one too many.</summary>
    private void SkipPlain()
    {
        for (; _at < text.Length && !IsEnd(_at) && !Delimits(_at); _at++)
        {
            _damaged |= (dialect.Quote != '\0' && text[_at] == dialect.Quote) || (dialect.Bare && text[_at] == _delimiter[0]);
        }
    }

    /// <summary>Line ends inside quotes count as physical lines; CR and LF together are one.</summary>
    private void CountLine() => _line += text[_at] == '\n' ? (text[_at - 1] == '\r' ? 0 : 1) : text[_at] == '\r' ? 1 : 0;

    private void EndLine()
    {
        if (_at < text.Length)
        {
            _at += text[_at] == '\r' && _at + 1 < text.Length && text[_at + 1] == '\n' ? 2 : 1;
        }

        _line++;
    }

    private bool IsEnd(int at) => text[at] is (byte)'\n' or (byte)'\r';

    private bool Delimits(int at) => text.AsSpan(at).StartsWith(_delimiter);
}

using System.Text;

namespace Etl.Loader.Survey.Delimited.Dialects;

/// <param name="Line">Physical line that it begins at, from 1.</param>
/// <param name="Damaged">It has a quote in the wrong place.</param>
internal sealed record SampleRecord(int Line, IReadOnlyList<SampleField> Fields, bool Damaged = false)
{
    /// <summary>What stands between its fields.</summary>
    public string Delimiter { get; init; } = ",";

    public bool IsBlank => Fields is [{ Quoted: false, Text: "" }];

    public int Filled => Fields.Count(static cell => cell.Text.Length > 0);
}

internal readonly record struct SampleField(string Text, bool Quoted);

/// <summary>The file's first records as one supposed dialect reads them, with what speaks against it.</summary>
internal sealed class SampleRecords
{
    private readonly List<SampleRecord> _records = [];

    /// <summary>Records in order, blank ones included; the last is left out where the sample may have cut it.</summary>
    public IReadOnlyList<SampleRecord> Records => _records;

    /// <summary>Fields that are properly quoted.</summary>
    public int Quoted { get; private set; }

    /// <summary>Fields that begin with a quote, properly closed or not.</summary>
    public int Opened { get; private set; }

    /// <summary>Quotes in the wrong place: in the middle of a field, or followed by text.</summary>
    public int Anomalies { get; private set; }

    /// <summary>A record of more fields than any table has columns ends the sample: the line it begins at. Null: there is none.</summary>
    public int? TooWide { get; private set; }

    /// <param name="text">The sample.</param>
    /// <param name="whole">True: the text ends where the file does.</param>
    /// <param name="quote">'\0': none.</param>
    /// <param name="firstLine">Physical line that the text begins at.</param>
    public static SampleRecords Read(string text, bool whole, string delimiter, char quote, bool backslash, int firstLine = 1)
    {
        var sample = new SampleRecords();
        var fields = new List<SampleField>();
        var value = new StringBuilder();
        int at = 0, line = firstLine, anomalies = 0;
        while (at < text.Length)
        {
            // A mark between files that were joined belongs to no record.
            at += fields.Count == 0 && text[at] == '\uFEFF' && at + 1 < text.Length ? 1 : 0;
            value.Clear();
            var quoted = quote != '\0' && text[at] == quote;
            if (quoted)
            {
                sample.Opened++;
                var close = ReadQuoted(text, at + 1, quote, backslash, value, ref line);
                if (close < 0)
                {
                    sample.Anomalies += whole ? 1 : 0;
                    return sample;
                }

                at = close + 1;
            }

            var end = EndOf(text, at, delimiter);
            var tail = text.AsSpan(at, end - at);
            if (quoted && tail.Length == 0)
            {
                sample.Quoted++;
            }
            else if (quote != '\0' && (quoted || tail.Contains(quote)))
            {
                sample.Anomalies++;
            }

            if (fields.Count == ColumnLimits.MaxColumns)
            {
                sample.TooWide = firstLine;
                return sample;
            }

            fields.Add(new(value.Length == 0 ? tail.ToString() : value.Append(tail).ToString(), quoted));
            at = end;
            if (at < text.Length && text.AsSpan(at).StartsWith(delimiter))
            {
                at += delimiter.Length;
                if (at < text.Length)
                {
                    continue;
                }

                fields.Add(new("", false));
            }
            else if (at < text.Length)
            {
                at += text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n' ? 2 : 1;
            }
            else if (!whole)
            {
                return sample;
            }

            sample._records.Add(new(firstLine, [.. fields], sample.Anomalies > anomalies) { Delimiter = delimiter });
            anomalies = sample.Anomalies;
            fields.Clear();
            firstLine = ++line;
        }

        return sample;
    }

    private static int EndOf(string text, int from, string delimiter)
    {
        for (var i = from; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '\n' or '\r' || (c == delimiter[0] && text.AsSpan(i).StartsWith(delimiter)))
            {
                return i;
            }
        }

        return text.Length;
    }

    private static int ReadQuoted(string text, int from, char quote, bool backslash, StringBuilder value, ref int line)
    {
        for (var i = from; i < text.Length; i++)
        {
            var c = text[i];
            var next = i + 1 < text.Length ? text[i + 1] : '\0';
            if (backslash ? c == '\\' && (next == quote || next == '\\') : c == quote && next == quote)
            {
                i++;
                value.Append(next);
                continue;
            }

            if (c == quote)
            {
                return i;
            }

            line += c == '\n' || (c == '\r' && next != '\n') ? 1 : 0;
            value.Append(c);
        }

        return -1;
    }
}

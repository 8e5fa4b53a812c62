using System.Text;

namespace Etl.Loader.Tests.Survey.Tolerance;

/// <summary>How a clean table is written.</summary>
internal sealed record Writing(string Delimiter = ",", string Quote = "\"", string Escape = "\"", string LineEnd = "\n", bool QuoteAll = false)
{
    public string Write(string? value)
    {
        if (value is null || Quote.Length == 0)
        {
            return value ?? "";
        }

        var needed = QuoteAll || value.Length == 0 || value.Contains(Delimiter, StringComparison.Ordinal) || value.Contains(Quote, StringComparison.Ordinal)
            || value.AsSpan().IndexOfAny('\r', '\n') >= 0;
        if (!needed)
        {
            return value;
        }

        var inner = Escape == "\\" ? value.Replace("\\", "\\\\", StringComparison.Ordinal) : value;
        return Quote + inner.Replace(Quote, Escape + Quote, StringComparison.Ordinal) + Quote;
    }
}

/// <summary>One line of a file on its way to be damaged: cells as written, each line with its own delimiter and end.</summary>
internal sealed record RawLine(List<string> Cells, string Delimiter, string End)
{
    public string Text => string.Join(Delimiter, Cells) + End;
}

/// <summary>A file as lines of raw cells, so that a pollution is an edit.</summary>
internal sealed class DelimitedText(Writing writing, List<RawLine> lines)
{
    public Writing Writing => writing;

    public List<RawLine> Lines => lines;

    /// <summary>Header first, then the rows.</summary>
    public static DelimitedText Of(CleanTable table, Writing writing, bool header = true)
    {
        IEnumerable<string?[]> rows = header ? table.Rows.Prepend(table.Columns) : table.Rows;
        return new(writing, [.. rows.Select(row => new RawLine([.. row.Select(writing.Write)], writing.Delimiter, writing.LineEnd))]);
    }

    public DelimitedText Edit(Action<List<RawLine>> edit)
    {
        var copy = lines.ConvertAll(line => line with { Cells = [.. line.Cells] });
        edit(copy);
        return new(writing, copy);
    }

    public DelimitedText Edit(int line, Func<RawLine, RawLine> edit) => Edit(copy => copy[line] = edit(copy[line]));

    public RawLine Line(string text) => new([text], writing.Delimiter, writing.LineEnd);

    public override string ToString() => string.Concat(lines.Select(line => line.Text));

    public byte[] Bytes(string encoding = "utf-8", bool mark = false)
    {
        var of = CodePagesEncodingProvider.Instance.GetEncoding(encoding) ?? Encoding.GetEncoding(encoding);
        return of.GetBytes(mark ? "\uFEFF" + ToString() : ToString());
    }
}

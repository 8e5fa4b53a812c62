using System.Text;

namespace Etl.Loader.Tests.Survey.Tolerance;

/// <summary>Everything that is done to the clean tables.</summary>
internal static class Pollutions
{
    private static readonly Writing[] Writings = [new(), new(QuoteAll: true, LineEnd: "\r\n")];

    /// <param name="all">True: every row and column is damaged in turn, as in the large public set; false: some of each.</param>
    public static IEnumerable<PollutedFile> All(int seed, bool all)
    {
        foreach (var table in CleanTable.All(seed))
        {
            foreach (var writing in Writings)
            {
                var style = writing.QuoteAll ? "all quoted" : "";
                foreach (var file in WholeFile(table, writing).Concat(RowDamage.Of(table, writing, all)))
                {
                    yield return file with { Name = $"{file.Name} {style}".TrimEnd() };
                }
            }

            foreach (var file in Dialects(table).Concat(OtherParts.Of(table)))
            {
                yield return file;
            }
        }
    }

    private static IEnumerable<PollutedFile> WholeFile(CleanTable table, Writing writing)
    {
        var text = DelimitedText.Of(table, writing);
        var written = text.ToString();
        yield return PollutedFile.Of("as it should be", table, text);
        yield return PollutedFile.Of("no final newline", table, written.TrimEnd('\r', '\n'));
        yield return PollutedFile.Of("double final newline", table, written + writing.LineEnd);
        yield return PollutedFile.Of("blank lines between", table, text.Edit(lines =>
        {
            for (var i = lines.Count - 1; i > 0; i -= 7)
            {
                lines.Insert(i, text.Line(""));
            }
        }));
        yield return PollutedFile.Of("no header", table, DelimitedText.Of(table, writing, header: false)) with { Names = null };
        yield return PollutedFile.Of("header only", table with { Rows = [] }, text.Edit(lines => lines.RemoveRange(1, lines.Count - 1)));
        yield return PollutedFile.Of("one row", table with { Rows = [table.Rows[0]] }, text.Edit(lines => lines.RemoveRange(2, lines.Count - 2)));
        yield return PollutedFile.Of("header twice", table, text.Edit(lines => lines.Insert(0, lines[0])));
        yield return PollutedFile.Of("header three times", table, text.Edit(lines => lines.InsertRange(0, [lines[0], lines[0]])));
        if (table.Name is not ("pairs" or "words"))
        {
            yield return PollutedFile.Of("units below the header", table, text.Edit(lines =>
                lines.Insert(1, lines[0] with { Cells = [.. table.Columns.Select((_, i) => writing.Write($"unit{(char)('a' + i % 26)}"))] })));
        }

        yield return PollutedFile.Of("group names above the header", table, text.Edit(lines =>
            lines.Insert(0, lines[0] with { Cells = [.. table.Columns.Select((_, i) => i % 3 == 0 ? "Group" : "")] })));
        yield return PollutedFile.Of("byte order mark", table, "") with { Bytes = text.Bytes("utf-8", true) };
        yield return PollutedFile.Of("utf-16le", table, "") with { Bytes = text.Bytes("utf-16", true) };
        yield return PollutedFile.Of("utf-16be", table, "") with { Bytes = text.Bytes("utf-16BE", true) };
        yield return PollutedFile.Of("utf-16le without mark", table, "") with { Bytes = text.Bytes("utf-16", false) };
        if (Fits(written, "windows-1252"))
        {
            yield return PollutedFile.Of("windows-1252", table, "") with { Bytes = text.Bytes("windows-1252") };
        }

        if (table.Columns.Length > 1)
        {
            yield return PollutedFile.Of("delimiter at the end of each line", table, text.Edit(lines => lines.ForEach(line => line.Cells.Add(""))));
            yield return PollutedFile.Of("delimiter at the end of each row", table, text.Edit(lines => lines.Skip(1).ToList().ForEach(line => line.Cells.Add(""))));
            var twice = table with { Columns = [table.Columns[1], .. table.Columns.Skip(1)] };
            yield return PollutedFile.Of("a name twice", twice, DelimitedText.Of(twice, writing));
            var nameless = table with { Columns = ["", .. table.Columns.Skip(1)] };
            yield return PollutedFile.Of("a name missing", nameless, DelimitedText.Of(nameless, writing));
        }

        var longer = table with { Rows = [.. table.Rows.Select((row, i) => i == 3 ? [.. row.Take(row.Length - 1), new string('x', 300_000)] : row)] };
        yield return PollutedFile.Of("very long field", longer, DelimitedText.Of(longer, writing));
    }

    private static IEnumerable<PollutedFile> Dialects(CleanTable table)
    {
        foreach (var delimiter in (string[])[";", "\t", "|", " ", ", ", "; ", "^", "~", ":", "\t\t", "||", "::", "\u0001", "\u001f"])
        {
            foreach (var all in (bool[])[false, true])
            {
                if (table.Columns.Length > 1)
                {
                    var writing = new Writing(delimiter, QuoteAll: all);
                    yield return PollutedFile.Of($"delimiter {Shown(delimiter)}", table, DelimitedText.Of(table, writing), all ? "all quoted" : "");
                    yield return PollutedFile.Of($"delimiter {Shown(delimiter)}, no header", table, DelimitedText.Of(table, writing, header: false), all ? "all quoted" : "") with { Names = null };
                }
            }
        }

        foreach (var all in (bool[])[false, true])
        {
            var style = all ? "all quoted" : "";
            foreach (var quote in (string[])["'", "`", "|", "$"])
            {
                yield return PollutedFile.Of($"quote {quote}", table, DelimitedText.Of(table, new(Quote: quote, Escape: quote, QuoteAll: all)), style);
            }

            yield return PollutedFile.Of("escape \\", table, DelimitedText.Of(table, new(Escape: "\\", QuoteAll: all)), style);
            yield return PollutedFile.Of("quote ', escape \\", table, DelimitedText.Of(table, new(Quote: "'", Escape: "\\", QuoteAll: all)), style);
            yield return PollutedFile.Of("escape missing", table, DelimitedText.Of(table, new(Escape: "", QuoteAll: all)), style);
            yield return PollutedFile.Of("line end CR", table, DelimitedText.Of(table, new(LineEnd: "\r", QuoteAll: all)), style);
            yield return PollutedFile.Of("line end CRLF", table, DelimitedText.Of(table, new(LineEnd: "\r\n", QuoteAll: all)), style);
            yield return PollutedFile.Of("line ends mixed", table, DelimitedText.Of(table, new(QuoteAll: all)).Edit(lines =>
            {
                for (var i = 0; i < lines.Count; i++)
                {
                    lines[i] = lines[i] with { End = (string[])["\n", "\r\n", "\r"] is var ends ? ends[i % 3] : "" };
                }
            }), style);
        }

        yield return PollutedFile.Of("quotes missing", table, DelimitedText.Of(table, new(Quote: ""))) with { Rows = QuotesMatter(table) ? null : table.Rows };
        if (table.Name is "keyed")
        {
            var comma = table with { Rows = [.. table.Rows.Select(row => row.Select(value => value is not null && value.Contains('.') ? value.Replace('.', ',') : value).ToArray())] };
            foreach (var header in (bool[])[true, false])
            {
                yield return PollutedFile.Of("decimal comma", comma, DelimitedText.Of(comma, new(";"), header), header ? "" : "no header") with { Names = header ? table.Columns : null };
            }

            var balance = comma with { Columns = ["balance"], Rows = [.. comma.Rows.Where(row => row[1] is not null).Select(row => (string?[])[row[1]])] };
            yield return PollutedFile.Of("decimal comma", balance, DelimitedText.Of(balance, new("\t")), "one column");
            var grouped = table with { Rows = [.. table.Rows.Select(row => row.Select((value, i) => i == 0 ? value!.Insert(3, ",") : value).ToArray())] };
            yield return PollutedFile.Of("thousands separators", grouped, DelimitedText.Of(grouped, new()));
            yield return PollutedFile.Of("thousands separators", grouped, DelimitedText.Of(grouped, new(";")), "semicolon");
            yield return PollutedFile.Damaged("thousands separators", grouped, DelimitedText.Of(grouped, new(Quote: "")), "not quoted");
        }
    }

    private static bool QuotesMatter(CleanTable table) => table.Rows.Any(row => row.Any(value => value is not null && (value.AsSpan().IndexOfAny(",\n") >= 0 || value.StartsWith('"'))));

    private static bool Fits(string text, string encoding)
    {
        var of = CodePagesEncodingProvider.Instance.GetEncoding(encoding)!;
        return of.GetString(of.GetBytes(text)) == text;
    }

    private static string Shown(string delimiter) => string.Concat(delimiter.Select(c => c switch
    {
        '\t' => "tab",
        ' ' => "blank",
        < ' ' => $"0x{(int)c:x2}",
        _ => c.ToString(),
    }));
}

namespace Etl.Loader.Tests.Survey.Tolerance;

/// <summary>Lines before, between and after the rows that are none: preambles, comments, footers, further tables.</summary>
internal static class OtherParts
{
    public static IEnumerable<PollutedFile> Of(CleanTable table)
    {
        var text = DelimitedText.Of(table, new());
        var width = table.Columns.Length;

        // Among texts alone, or in one column, some of this cannot be recognised from a row by anybody.
        var texts = table.Name is "people" or "pairs" or "words";
        var single = width == 1;
        string[] notes = ["Report of May 2026", "made by the warehouse"];
        foreach (var blank in (bool[])[true, false])
        {
            var gap = blank ? [text.Line("")] : (RawLine[])[];
            var how = blank ? "then a blank line" : "";
            yield return PollutedFile.Of("preamble", table, text.Edit(lines => lines.InsertRange(0, [.. notes.Select(text.Line), .. gap])), how);
            yield return PollutedFile.Of("preamble of one line", table, text.Edit(lines => lines.InsertRange(0, [text.Line("Report"), .. gap])), how);
            yield return PollutedFile.Of("preamble with delimiters", table, text.Edit(lines => lines.InsertRange(0, [text.Line("Source: ACME, Zurich"), text.Line("Report, May, 2026, final"), .. gap])), how);
            yield return PollutedFile.Of("preamble as wide as the table", table, text.Edit(lines => lines.InsertRange(0, [.. notes.Select(note => Wide(text, note, width)), .. gap])), how);
            if (!(single && texts && !blank))
            {
                yield return PollutedFile.Of("footer", table, text.Edit(lines => lines.AddRange([.. gap, text.Line("Source: our own survey"), text.Line("All rights reserved")])), how);
                yield return PollutedFile.Of("footer as wide as the table", table, text.Edit(lines => lines.AddRange([.. gap, Wide(text, "end of report", width)])), how);
            }

            if (width > 2)
            {
                yield return PollutedFile.Of("footer", table, text.Edit(lines => lines.AddRange([.. gap, text.Line("end of report, printed in May")])), how + " with delimiter");
            }

            if (!single)
            {
                yield return PollutedFile.Of("sum below the rows", table, text.Edit(lines => lines.AddRange([.. gap, Sum(text, table, "Total")])), how);
                yield return PollutedFile.Of("sum below the rows", table, text.Edit(lines => lines.AddRange([.. gap, Sum(text, table, "")])), how + " without a word");
            }

            foreach (var (kind, columns) in new[] { ("same", width), ("fewer", Math.Max(1, width - 2)), ("more", width + 2) })
            {
                if (columns == width && !blank && table.Name is "pairs" or "words" || (single && texts && !blank && columns == 1))
                {
                    continue;
                }

                var second = Second(table, columns);
                var other = DelimitedText.Of(second, new()).Lines;
                yield return PollutedFile.Damaged($"second table, {kind} columns", table, text.Edit(lines => lines.AddRange([.. gap, .. other])), how) with { Others = null };
                yield return PollutedFile.Damaged($"second table, {kind} columns", table, text.Edit(lines => lines.InsertRange(0, [.. other, .. gap])), how + " first") with { Others = null };
                yield return PollutedFile.Damaged($"second table, {kind} columns", table, text.Edit(lines => lines.AddRange([.. gap, .. other.Concat(other.Skip(1)).Concat(other.Skip(1)).Concat(other.Skip(1))])), how + " longer") with { Others = null };
            }
        }

        yield return PollutedFile.Damaged("the same table again", table, text.Edit(lines => lines.AddRange([.. lines])));
        yield return PollutedFile.Damaged("the same table again", table, text.Edit(lines => lines.AddRange([text.Line(""), .. lines])), "after a blank line");
        yield return PollutedFile.Of("comment lines at the start", table, text.Edit(lines => lines.InsertRange(0, [text.Line("# made by us"), text.Line("# version 2, final")])));
        yield return PollutedFile.Of("comment lines between", table, text.Edit(lines =>
        {
            lines.Insert(lines.Count / 2, text.Line("# page 2"));
            lines.Insert(3, text.Line("# checked, by hand"));
        }));
        yield return PollutedFile.Of("sep= line", table, DelimitedText.Of(table, new(";")).Edit(lines => lines.Insert(0, text.Line("sep=;"))));
        yield return PollutedFile.Of("empty fields in a line", table, text.Edit(lines => lines.Add(Wide(text, "", width))), "at the end");
        yield return PollutedFile.Of("empty fields in a line", table, text.Edit(lines => lines.Insert(lines.Count / 2, Wide(text, "", width))), "in the middle");
        yield return PollutedFile.Damaged("ragged rows", table with { Rows = [.. table.Rows.Where((_, i) => i % 5 != 4)] }, text.Edit(lines =>
        {
            for (var i = 5; i < lines.Count && width > 1; i += 5)
            {
                lines[i].Cells.RemoveRange(width - 1, 1);
            }
        })) with
        { Rows = width > 1 ? null : table.Rows };
    }

    private static RawLine Wide(DelimitedText text, string first, int width) =>
        text.Line("") with { Cells = [first, .. Enumerable.Repeat("", width - 1)] };

    private static RawLine Sum(DelimitedText text, CleanTable table, string word) => text.Line("") with
    {
        Cells = [.. table.Columns.Select((_, i) => i == 0 && table.Columns.Length > 1 ? word : table.Rows.All(row => row[i] is null || decimal.TryParse(row[i], out var _)) ? "123456" : i == 0 ? "Total" : "")],
    };

    private static CleanTable Second(CleanTable table, int columns) => new(
        "second",
        [.. Enumerable.Range(1, columns).Select(i => $"other {i}")],
        [.. table.Rows.Take(8).Select(row => Enumerable.Range(0, columns).Select(i => row[i % row.Length]).ToArray())]);
}

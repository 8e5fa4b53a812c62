namespace Etl.Loader.Tests.Survey.Tolerance;

/// <summary>One line that is not like the others.</summary>
internal static class RowDamage
{
    public static IEnumerable<PollutedFile> Of(CleanTable table, Writing writing, bool all)
    {
        var text = DelimitedText.Of(table, writing);
        int[] lines = all ? [.. Enumerable.Range(0, text.Lines.Count)] : [.. new[] { 0, 1, 2, text.Lines.Count / 2, text.Lines.Count - 1 }.Distinct()];
        foreach (var line in lines)
        {
            var others = table with { Rows = [.. table.Rows.Where((_, i) => i != line - 1)] };
            for (var column = 0; column < table.Columns.Length; column += all ? 1 : Math.Max(1, table.Columns.Length / 5))
            {
                var at = $"row {line} column {column}";
                if (column > 0)
                {
                    yield return PollutedFile.Damaged("a delimiter less in one row", others, text.Edit(line, raw => Merge(raw, column)), at);
                }

                if (table.Columns.Length > 1)
                {
                    yield return PollutedFile.Damaged("a delimiter more in one row", others, text.Edit(line, raw => Insert(raw, column)), at);
                }

                yield return PollutedFile.Damaged("an extra quote in one row", others, text.Edit(line, raw => Quoted(raw, column, 0)), at + " start");
                if (!all)
                {
                    yield return PollutedFile.Damaged("an extra quote in one row", others, text.Edit(line, raw => Quoted(raw, column, 1)), at + " middle");
                    yield return PollutedFile.Damaged("an extra quote in one row", others, text.Edit(line, raw => Quoted(raw, column, 2)), at + " end");
                }
            }

            if (table.Columns.Length > 1)
            {
                foreach (var delimiter in (string[])[" ", ";", "\t"])
                {
                    yield return PollutedFile.Damaged("another delimiter in one row", others, text.Edit(line, raw => raw with { Delimiter = delimiter }), $"row {line} '{delimiter}'");
                }

                yield return PollutedFile.Damaged("fields missing in one row", others, text.Edit(line, raw => raw with { Cells = [.. raw.Cells.Take(table.Columns.Length / 2)] }), $"row {line}");
                yield return PollutedFile.Damaged("fields repeated in one row", others, text.Edit(line, raw => raw with { Cells = [.. raw.Cells, .. raw.Cells.Take(2)] }), $"row {line}");
            }

            if (line + 1 < text.Lines.Count && table.Columns.Length > 1)
            {
                for (var column = 0; column < table.Columns.Length; column += all ? 1 : Math.Max(1, table.Columns.Length / 4))
                {
                    // Two quotes too many that close each other, with everything between them swallowed into one field.
                    var until = Math.Min(text.Lines.Count - 1, line + 1 + line % 3);
                    if (text.Lines[until].Cells[column].Contains(','))
                    {
                        continue;
                    }

                    yield return PollutedFile.Damaged("quotes around a line break", others, text.Edit(copy =>
                    {
                        copy[line] = Open(copy[line], column);
                        copy[until] = Close(copy[until], column);
                    }), $"row {line} to {until} column {column}") with
                    { Others = null };
                }
            }

            yield return PollutedFile.Damaged("a NUL byte", others, text.Edit(line, raw => raw with { Cells = [raw.Cells[0] + "\0", .. raw.Cells.Skip(1)] }), $"row {line}");
        }
    }

    private static RawLine Merge(RawLine raw, int column) =>
        raw with { Cells = [.. raw.Cells.Take(column - 1), raw.Cells[column - 1] + raw.Cells[column], .. raw.Cells.Skip(column + 1)] };

    private static RawLine Insert(RawLine raw, int column) => raw with { Cells = [.. raw.Cells.Take(column), "", .. raw.Cells.Skip(column)] };

    private static RawLine Quoted(RawLine raw, int column, int place)
    {
        var cell = raw.Cells[column];
        var inner = cell.StartsWith('"') ? 1 : 0;
        var at = place switch { 0 => inner, 1 => cell.Length / 2, _ => cell.Length - inner };
        return raw with { Cells = [.. raw.Cells.Take(column), cell.Insert(at, "\""), .. raw.Cells.Skip(column + 1)] };
    }

    private static RawLine Open(RawLine raw, int column) => Replace(raw, column, "\"" + raw.Cells[column].Trim('"'));

    private static RawLine Close(RawLine raw, int column) => Replace(raw, column, raw.Cells[column].Trim('"') + "\"");

    private static RawLine Replace(RawLine raw, int column, string cell) => raw with { Cells = [.. raw.Cells.Take(column), cell, .. raw.Cells.Skip(column + 1)] };
}

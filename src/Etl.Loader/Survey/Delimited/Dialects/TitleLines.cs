namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>
/// Lines above a table that have several fields of their own: a title with the delimiter in it, blocks of keys and values, remarks. The
/// table has to begin with a whole header over values, so that nothing of it is skipped.
/// </summary>
internal static class TitleLines
{
    /// <summary>So many lines right above the names may be a title; more need a blank line behind them.</summary>
    private const int MostWithoutGap = 3;

    /// <summary>Further lines than these are no title.</summary>
    private const int Most = 20;

    /// <summary>So many lines that are alike and wide are a table of their own.</summary>
    private const int TableLines = 3;

    /// <param name="records">All that are not blank.</param>
    /// <returns>How many of them stand above the table; 0: none, or it is not clear.</returns>
    public static int Count(IReadOnlyList<SampleRecord> records, int columns)
    {
        if (columns < 3)
        {
            return 0;
        }

        for (var first = 1; first <= Most && first + 2 < records.Count; first++)
        {
            if (!IsSparse(records[first - 1], columns))
            {
                return 0;
            }

            if (IsHeader(records, first, columns))
            {
                return AreTitles([.. records.Take(first)], records[first], columns) ? first : 0;
            }
        }

        return 0;
    }

    private static bool IsSparse(SampleRecord record, int columns) => record.Filled < columns && record.Fields.Count <= columns;

    /// <summary>All fields are different names, and the lines below have values under them.</summary>
    private static bool IsHeader(IReadOnlyList<SampleRecord> records, int first, int columns)
    {
        var header = records[first];
        if (header.Fields.Count != columns || header.Damaged || header.Fields.Any(field => field.Text.Trim().Length == 0)
            || header.Fields.Select(field => field.Text).Distinct(StringComparer.OrdinalIgnoreCase).Count() < columns)
        {
            return false;
        }

        var table = records.Skip(first).ToList();
        var body = table.Skip(1).Where(record => record.Fields.Count == columns).ToList();
        return body.Count > 1 && body[0] == table[1] && body.Count * 10 >= (table.Count - 1) * 9 && !CellEvidence.IsTyped(header.Fields[0].Text)
            && HeaderEvidence.Decide(table) is true && Enumerable.Range(0, columns).Any(column => HeaderEvidence.IsTyped(body, column));
    }

    private static bool AreTitles(List<SampleRecord> lines, SampleRecord header, int columns)
    {
        // A line that says of groups of columns what they are begins with nothing; other tables have rows that are alike.
        var gap = header.Line > lines[^1].Line + 1;
        var wide = lines.Where(line => line.Filled > 1).ToList();
        if (lines.Exists(line => line.Fields[0].Text.Length == 0 && line.Filled > 0)
            || lines.Where(line => line.Filled == 1 && line.Fields[0].Text is not ['#', ..]).GroupBy(line => CellEvidence.Shape(line.Fields[0].Text)).Any(group => group.Count() > TableLines)
            || wide.Exists(line => CellEvidence.IsTyped(line.Fields[0].Text)) || (wide.Count > 1 && wide[0].Fields.All(field => NameEvidence.IsKnown(field.Text)))
            || wide.Exists(line => line.Filled > 2 && line.Filled * 2 > columns && !IsProse(line))
            || wide.GroupBy(line => line.Fields.Count).Any(group => group.Count() >= TableLines && group.Key < columns && IsTable([.. group])))
        {
            return false;
        }

        return gap || (lines.Count <= MostWithoutGap && wide.TrueForAll(line => IsProse(line) || (line.Fields.Count == columns && line.Filled * 2 <= columns)));
    }

    /// <summary>Somewhere it goes on for some words.</summary>
    private static bool IsProse(SampleRecord line) =>
        line.Fields.Any(field => field.Text.Trim().AsSpan().Count(' ') >= 2 && field.Text.Any(char.IsLetter))
        && !line.Fields.All(field => NameEvidence.IsKnown(field.Text));

    /// <summary>Three columns and more, or a header over numbers.</summary>
    private static bool IsTable(IReadOnlyList<SampleRecord> block) =>
        block[0].Filled > 2 || (HeaderEvidence.IsTyped([.. block.Skip(1)], block[0].Fields.Count - 1) && !CellEvidence.IsTyped(block[0].Fields[^1].Text));
}

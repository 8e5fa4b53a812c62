using Etl.Loader.Survey.Delimited.Dialects;

namespace Etl.Loader.Survey.Delimited.Evidence;

/// <summary>
/// Records that end with a delimiter have one field more than the table has columns. It is left out where it has no name and, over the
/// whole file, no value.
/// </summary>
internal static class TrailingDelimiter
{
    /// <summary>Throws where a name may be missing in the header instead, so that the others would stand over the wrong values.</summary>
    public static bool Found(string file, IReadOnlyList<SampleRecord> table, DialectSpec spec)
    {
        if (spec.Header is false || table.Count < 2)
        {
            return false;
        }

        var rows = table.Skip(1).Where(record => record.Fields.Count == table[1].Fields.Count).ToList();
        var width = table[1].Fields.Count;
        var header = table[0].Fields;
        var named = header.Count == width - 1 && header.All(field => field.Text.Length > 0);
        var ended = header.Count == width && header[^1] is { Text: "", Quoted: false };
        var found = width > 2 && (named || ended) && rows.Count * 10 >= (table.Count - 1) * 9
            && rows.TrueForAll(record => record.Fields[^1] is { Text: "", Quoted: false });
        return found && named && !NameFit.Stand(header, rows) ? throw NameMissing(file, table[0], width) : found;
    }

    public static IReadOnlyList<SampleRecord> Without(IReadOnlyList<SampleRecord> table)
    {
        var width = table[1].Fields.Count;
        return [.. table.Select(record => record.Fields.Count == width ? record with { Fields = [.. record.Fields.Take(width - 1)] } : record)];
    }

    private static DatasetException NameMissing(string file, SampleRecord header, int width) => new(
        $"{file}: line {header.Line} ('{HeaderEvidence.Shown(header)}') has {Amounts.Counted(header.Fields.Count, "name")}, the lines after it have {Amounts.Counted(width, "field")} with nothing in the last; "
            + "it is not clear whether they end in a delimiter or a name is missing.",
        $"Add the missing name, or write \"dialect\": {{\"skip\": {header.Line}, \"header\": false}} in the trigger to number the columns instead.",
        file,
        header.Line)
    {
        Choices = [new("columns with numbers", new() { Skip = header.Line, Header = false })],
    };

    public static DatasetException Filled(string file, long line) => new(
        $"{file}: line {line} has a value after the delimiter that ends the lines before it, in a column without a name.",
        "Give the column a name, or write \"dialect\": {\"header\": false, \"skip\": 1} in the trigger to number the columns instead.",
        file,
        line);

    /// <summary>Takes the last field out of every record of the batch. Returns the first row that has a value in it, or -1.</summary>
    public static int Drop(RecordBatch batch)
    {
        var (from, to, wide) = (0, 0, batch.Columns);
        var filled = -1;
        for (var row = 0; row < batch.Rows; row++)
        {
            filled = filled < 0 && batch.Fields[from + wide - 1].Length > 0 ? row : filled;
            batch.Fields.AsSpan(from, wide - 1).CopyTo(batch.Fields.AsSpan(to));
            (from, to) = (from + wide, to + wide - 1);
        }

        batch.Columns = wide - 1;
        return filled;
    }
}

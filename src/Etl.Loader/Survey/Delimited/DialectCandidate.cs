namespace Etl.Loader.Survey.Delimited;

/// <summary>One supposed dialect and how well the file's beginning agrees with it.</summary>
internal sealed record DialectCandidate(string Delimiter, char Quote, char Escape)
{
    /// <summary>More leading lines than this are no preamble.</summary>
    private const int MaxPreamble = 50;

    public required int Columns { get; init; }

    /// <summary>0 to 1; 0: not possible.</summary>
    public required double Score { get; init; }

    /// <summary>The records from the header or first row on, blank ones left out.</summary>
    public required IReadOnlyList<SampleRecord> Table { get; init; }

    /// <summary>Records before the table that are not blank.</summary>
    public required int Skipped { get; init; }

    /// <summary>Physical lines before the table.</summary>
    public required int SkippedLines { get; init; }

    /// <summary>Line of the first record of another width.</summary>
    public required int FirstOdd { get; init; }

    public static DialectCandidate Judge(string delimiter, char quote, char escape, SampleRecords sample, bool said, bool skipSaid)
    {
        var records = sample.Records.Where(record => !record.IsBlank).ToList();
        var columns = records.Count == 0 ? 1 : records
            .GroupBy(record => record.Fields.Count)
            .OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key)
            .First().Key;
        var first = skipSaid ? 0 : Preamble(records, columns);
        var table = records.Skip(first).ToList();
        var agree = table.Count == 0 ? 0 : (double)table.Count(record => record.Fields.Count == columns) / table.Count;
        return new(delimiter, quote, escape)
        {
            Columns = table.Count == 0 ? columns : said || agree < 0.5 ? table[0].Fields.Count : columns,
            Score = Rate(delimiter, columns, agree, first, table, sample),
            Table = table,
            Skipped = first,
            SkippedLines = skipSaid || table.Count == 0 ? 0 : table[0].Line - 1,
            FirstOdd = records.FirstOrDefault(record => record.Fields.Count != records[0].Fields.Count)?.Line ?? 1,
        };
    }

    /// <summary>
    /// How many leading records are no part of the table: titles and remarks, which fill one field at most. A line with more is a header
    /// or row that is damaged, and is left for the pass to complain about.
    /// </summary>
    private static int Preamble(List<SampleRecord> records, int columns)
    {
        var first = records.FindIndex(record => record.Fields.Count == columns && (columns == 1 || record.Filled > 1));
        if (columns == 1 || first is < 0 or > MaxPreamble)
        {
            return 0;
        }

        return records.Take(first).All(record => record.Filled <= 1 || record.Fields[0].Text.StartsWith('#')) ? first : 0;
    }

    private static double Rate(string delimiter, int columns, double agree, int first, List<SampleRecord> table, SampleRecords sample)
    {
        if (columns < 2 || agree < 0.5 || table.Count == 0)
        {
            return 0;
        }

        var cells = table.SelectMany(record => record.Fields).Where(field => field.Text.Length > 0 && !field.Quoted).Take(20_000).ToList();
        double total = Math.Max(1, cells.Count);
        var typed = cells.Count(field => CellEvidence.IsTyped(field.Text)) / total;
        var clean = cells.Count == 0 ? 1 : cells.Count(field => CellEvidence.IsClean(field.Text, delimiter)) / total;
        if (delimiter == " " && (typed < 0.3 || first > 0 || !CellEvidence.DividedByBlanks(table)))
        {
            return 0;
        }

        var damage = sample.Anomalies / (double)Math.Max(1, sample.Anomalies + table.Count);
        return agree * agree * (0.4 + 0.3 * typed + 0.3 * clean) * (1 - 0.5 * damage) * (delimiter == " " ? 0.9 : 1);
    }
}

namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>One supposed dialect and how well the file's beginning agrees with it.</summary>
internal sealed record DialectCandidate(string Delimiter, QuoteEvidence Quotes)
{
    /// <summary>Delimiters that also occur in texts; they count by how well they divide.</summary>
    public static readonly string[] Usual = [",", ";", "\t", "|", ", ", "; ", " "];

    /// <summary>Delimiters that count only where they divide every line alike, from the first on.</summary>
    public static readonly string[] Strict = ["^", "~", "¦", "\u0001", "\u001f", "\t\t", "||", "::", "#"];

    /// <summary>Marks that may divide every line alike and still be text: they are proposed, not taken.</summary>
    public static readonly string[] Proposed = [":", "#", "!", "&", "=", "*", "/", "_", "-", ".", " ", "§", "$", "%", "@", "\\"];

    /// <summary>More leading lines than this are not preamble.</summary>
    private const int MaxPreamble = 20;

    /// <summary>So many show what the cells are like.</summary>
    private const int MaxCells = 20_000;

    /// <summary>More lines than this that are written alike are not preamble but a table of their own.</summary>
    private const int MaxAlike = 3;

    public required int Columns { get; init; }

    /// <summary>0 to 1; 0: not possible.</summary>
    public required double Score { get; init; }

    /// <summary>The records from the header or first row on, blank ones left out.</summary>
    public required IReadOnlyList<SampleRecord> Table { get; init; }

    /// <summary>Records before the table that are not blank.</summary>
    public required IReadOnlyList<SampleRecord> Skipped { get; init; }

    /// <summary>Physical lines before the table.</summary>
    public required int SkippedLines { get; init; }

    /// <summary>Line of the first record of another width; null: all are alike.</summary>
    public required int? FirstOdd { get; init; }

    /// <summary>The share of records that have <see cref="Columns"/> fields.</summary>
    public required double Agree { get; init; }

    /// <summary>The line that begins the file falls into as many fields as there are columns.</summary>
    public bool DividesFirst => Quotes.Records.Records.FirstOrDefault(record => !record.IsBlank)?.Fields.Count == Columns;

    /// <summary>All lines are alike, from the first on.</summary>
    public bool DividesAll => this is { Agree: >= 1, Skipped.Count: 0, Table.Count: > 1, Quotes.Records.Anomalies: 0 };

    public bool IsRemark(SampleRecord record) => record.Fields.Count != Columns && record.Fields[0] is { Quoted: false, Text: ['#', ..] };

    /// <summary>A mark with a blank behind it divides only where the mark alone does not occur.</summary>
    public static bool IsBlanked(string delimiter) => delimiter is ", " or "; ";

    /// <summary>The share of cells that are numbers, dates and similar, blanks around them left out.</summary>
    public double Typed
    {
        get
        {
            var cells = Table.SelectMany(record => record.Fields).Where(cell => cell.Text.Length > 0).Take(MaxCells).ToList();
            return cells.Count == 0 ? 0 : (double)cells.Count(cell => CellEvidence.IsTyped(cell.Text.Trim())) / cells.Count;
        }
    }

    public static DialectCandidate Judge(string delimiter, QuoteEvidence quotes, DialectSpec spec)
    {
        var records = quotes.Records.Records.Where(record => !record.IsBlank).ToList();
        var columns = records.Count == 0 ? 1 : records
            .GroupBy(record => record.Fields.Count)
            .OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key)
            .First().Key;
        var first = spec.Skip is not null ? 0 : Preamble(records, columns);
        var table = records.Skip(first).ToList();
        var rows = table.Where(record => record.Fields.Count == columns || record.Fields[0] is not { Quoted: false, Text: ['#', ..] }).ToList();
        var agree = rows.Count == 0 ? 0 : (double)rows.Count(record => record.Fields.Count == columns) / rows.Count;
        var candidate = new DialectCandidate(delimiter, quotes)
        {
            Columns = table.Count == 0 ? columns : spec.Delimiter is not null || agree < 0.5 ? table[0].Fields.Count : columns,
            Score = 0,
            Table = table,
            Skipped = records[..first],
            SkippedLines = spec.Skip is not null || table.Count == 0 ? 0 : table[0].Line - 1,
            FirstOdd = records.Find(record => record.Fields.Count != records[0].Fields.Count)?.Line,
            Agree = agree,
        };
        return candidate with { Score = candidate.Rate() };
    }

    /// <summary>
    /// How many leading records are not part of the table: titles and remarks, which fill one field at most. A line with more is a header
    /// or row that is damaged, and is left for the pass to complain about.
    /// </summary>
    private static int Preamble(List<SampleRecord> records, int columns)
    {
        var first = records.FindIndex(record => record.Fields.Count == columns && (columns == 1 || record.Filled > 1));
        if (columns == 1 || first is < 0 or > MaxPreamble)
        {
            return 0;
        }

        if (TitleLines.Count(records, columns) is > 0 and var titles)
        {
            return titles;
        }

        var lines = records.Take(first).ToList();
        var alike = lines.Where(record => record.Filled == 1 && record.Fields[0].Text is not ['#', ..])
            .GroupBy(record => CellEvidence.Shape(record.Fields.First(field => field.Text.Length > 0).Text));
        return lines.TrueForAll(record => record.Filled <= 1 || record.Fields[0].Text.StartsWith('#')) && alike.All(group => group.Count() <= MaxAlike) ? first : 0;
    }

    private double Rate()
    {
        if (Columns < 2 || Agree < 0.5 || Table.Count == 0)
        {
            return 0;
        }

        var strict = Strict.Contains(Delimiter);
        if ((strict && (Agree < 1 || Skipped.Count > 0 || Table.Count < 2)) || Unused() * 3 > Columns)
        {
            return 0;
        }

        if (IsBlanked(Delimiter) && Table.Any(record => record.Fields.Any(field => !field.Quoted && field.Text.Contains(Delimiter[0]))))
        {
            return 0;
        }

        var (typed, clean) = Shares();
        if (Delimiter == " " && (Skipped.Any(record => record.Fields[0].Text is not ['#', ..]) || FollowsMark() || !BlanksDivide(typed)))
        {
            return 0;
        }

        var sample = Quotes.Records;
        var damage = sample.Anomalies / (double)Math.Max(1, sample.Anomalies + Table.Count);
        return Agree * Agree * (0.4 + 0.3 * typed + 0.3 * clean) * (1 - 0.5 * damage) * (Delimiter == " " ? 0.9 : 1);
    }

    /// <summary>A blank that follows a comma in each line is a part of the delimiter, or padding behind it.</summary>
    private bool FollowsMark() => Enumerable.Range(0, Columns - 1).Any(column =>
        Table.All(record => record.Fields.Count > column && record.Fields[column] is { Quoted: false, Text: [.., ',' or ';'] }));

    /// <summary>How many of the cells that are not quoted are typed, and how many clean, of 1.</summary>
    private (double Typed, double Clean) Shares()
    {
        int cells = 0, typed = 0, clean = 0;
        foreach (var record in Table)
        {
            foreach (var (text, quoted) in record.Fields)
            {
                if (text.Length > 0 && !quoted && cells < MaxCells)
                {
                    cells++;
                    typed += CellEvidence.IsTyped(text) ? 1 : 0;
                    clean += CellEvidence.IsClean(text, Delimiter) ? 1 : 0;
                }
            }
        }

        return cells == 0 ? (0, 1) : ((double)typed / cells, (double)clean / cells);
    }

    /// <summary>Columns without name and value, or the same mark in all lines: more than a few mean that the delimiter is a part of the real one.</summary>
    private int Unused()
    {
        var firsts = new SampleField?[Columns];
        var differ = new bool[Columns];
        foreach (var record in Table)
        {
            for (var column = 0; column < Columns && column < record.Fields.Count; column++)
            {
                firsts[column] ??= record.Fields[column];
                differ[column] = differ[column] || record.Fields[column] != firsts[column];
            }
        }

        return firsts.Where((first, column) => !differ[column] && first is { Quoted: false } mark && !mark.Text.Any(char.IsLetterOrDigit)).Count();
    }

    /// <summary>
    /// Blanks occur in texts and timestamps of every file: they divide where fields with blanks in them are quoted, or where no other
    /// delimiter does, and not a date from its time.
    /// </summary>
    private bool BlanksDivide(double typed) =>
        (Agree >= 1 && Quotes.Records is { Anomalies: 0 } && (Table.Any(record => record.Fields.Any(field => field.Quoted && field.Text.Contains(' ')))
            || Table.All(record => record.Fields.All(field => field.Quoted))))
        || (typed >= 0.3 && CellEvidence.DividedByBlanks(Table));
}

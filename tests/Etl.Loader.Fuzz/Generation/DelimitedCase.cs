using Etl.Loader.Fuzz.Oracle;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Delimited.Evidence;
using Etl.Loader.Survey.Delimited.Scanning;

namespace Etl.Loader.Fuzz.Generation;

/// <summary>A table, the form that it is written in, and what the trigger says of both.</summary>
internal sealed record DelimitedCase : IFuzzCase
{
    public required string Kind { get; init; }
    public required DelimitedForm Form { get; init; }
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Cells in the order of <see cref="Names"/>.</summary>
    public required IReadOnlyList<PlannedRow> Rows { get; init; }

    /// <summary>Null: nothing is said.</summary>
    public required DialectSpec? Said { get; init; }

    public required bool MayBeRefused { get; init; }
    public required int Seed { get; init; }
    public required ScanOptions Scan { get; init; }

    /// <summary>The column by which an unsaid form can be recognised; it and some rows are always kept. Null: the form is said.</summary>
    public int? Clear { get; init; }

    /// <summary>The rows are in so many files, each with the columns in its own order where it has a header.</summary>
    public int Files { get; init; } = 1;

    public string? Compressed { get; init; }
    public RaggedRows Ragged { get; init; }
    public bool TypesAsText { get; init; }
    public IReadOnlyDictionary<string, string> Schema { get; init; } = new Dictionary<string, string>();

    public GeneratedDataset Render()
    {
        var dice = new Dice(Seed);
        var records = new List<ExpectedRecord>();
        var files = new List<GeneratedFile>();
        for (var i = 0; i < Files; i++)
        {
            var (from, until) = (Rows.Count * i / Files, Rows.Count * (i + 1) / Files);
            files.Add(RenderFile(dice.Fork(), i, from, until, records));
        }

        return new()
        {
            Files = files,
            Dialect = Said,
            Ragged = Ragged,
            TypesAsText = TypesAsText,
            Schema = Schema,
            RejectsMax = Rows.All(row => row.Damage == RowDamage.None) && records.TrueForAll(record => record.Values is not null) ? 0 : 1_000_000,
            Scan = Scan,
            MayBeRefused = MayBeRefused,
            Expect = survey =>
            {
                var settled = records.Select((record, i) => MayPad(i, survey) ? record : record with { Values = null }).ToList();
                return new(Form.Header ? Names : [.. Names.Select((_, i) => $"column_{i + 1}")], Types(settled), settled, Form.Formats);
            },
        };
    }

    /// <summary>False for a short row that is cut off, or whose values are not like those of complete rows, as the settled form says it.</summary>
    private bool MayPad(int number, DatasetSurvey survey)
    {
        var row = Rows[number];
        if (row.Damage != RowDamage.TooFew || Ragged != RaggedRows.Pad)
        {
            return true;
        }

        var padding = new PadEvidence(survey.Files[0].Dialect!);
        return (number < Rows.Count - 1 || Form.FinalLineEnd)
            && Enumerable.Range(0, row.Kept).All(column => row.Cells[column] is not { } text || padding.Fits(column, System.Text.Encoding.UTF8.GetBytes(text)));
    }

    public IEnumerable<IFuzzCase> Smaller()
    {
        // Without a header the first row shows the columns.
        var kept = Form.Header ? 0 : 1;
        foreach (var rows in Shrinking.Without([.. Rows.Skip(kept)], Clear is not null ? 5 : Form.Header ? 0 : Files - 1))
        {
            yield return this with { Rows = [.. Rows.Take(kept), .. rows] };
        }

        if (Files > 1)
        {
            yield return this with { Files = Files - 1 };
        }

        // What is said of a column, and the row that is damaged at one, refer to all of them.
        foreach (var columns in Schema.Count > 0 || Rows.Any(row => row.Damage == RowDamage.TooFew) ? [] : Shrinking.Without([.. Enumerable.Range(0, Names.Count)], 1))
        {
            if (Clear is { } clear && (columns.Count < 2 || !columns.Contains(clear)))
            {
                continue;
            }

            yield return this with
            {
                Clear = Clear is null ? null : columns.ToList().IndexOf(Clear.Value),
                Names = [.. columns.Select(i => Names[i])],
                Rows = [.. Rows.Select(row => row with { Cells = [.. columns.Select(i => row.Cells[i])] })],
            };
        }
    }

    private GeneratedFile RenderFile(Dice dice, int number, int from, int until, List<ExpectedRecord> records)
    {
        var name = $"data{(Files > 1 ? "-" + (number + 1) : "")}.csv{Compressed}";
        var order = number > 0 && Form.Header ? dice.Shuffle(Enumerable.Range(0, Names.Count)) : [.. Enumerable.Range(0, Names.Count)];
        var writer = new DelimitedWriter(Form, dice);
        writer.Begin([.. order.Select(i => Names[i])]);
        for (var row = from; row < until; row++)
        {
            var ordered = Rows[row] with { Cells = [.. order.Select(i => Rows[row].Cells[i])] };
            records.Add(writer.Write(name, ordered, Values(Rows[row], order), Because(Rows[row].Damage), Scan.MaxRecordBytes, last: row == until - 1));
        }

        return Compression.Apply(Compressed, new(name, writer.Bytes(), writer.Text()));
    }

    private string?[]? Values(PlannedRow row, int[] order)
    {
        if (row.Damage == RowDamage.None)
        {
            return [.. row.Cells];
        }

        if (row.Damage != RowDamage.TooFew || Ragged != RaggedRows.Pad)
        {
            return null;
        }

        var values = new string?[row.Cells.Count];
        foreach (var column in order.Take(row.Kept))
        {
            values[column] = row.Cells[column];
        }

        return values;
    }

    private ColumnType[] Types(List<ExpectedRecord> records) =>
        [.. Names.Select((_, column) => TypesAsText ? ColumnType.Text : TypeOracle.Of(records.Where(record => record.Values is not null).Select(record => record.Values![column]), Form.Formats))];

    private static string Because(RowDamage damage) => damage switch
    {
        RowDamage.TooFew or RowDamage.TooMany => "field",
        RowDamage.TextAfterQuote => "after a closing quote",
        RowDamage.StrayQuote => "quote inside a field",
        RowDamage.NulByte => "NUL",
        RowDamage.BadUtf8 => "UTF-8",
        _ => "",
    };
}

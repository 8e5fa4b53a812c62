using Etl.Loader.Fuzz.Oracle;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Delimited.Scanning;

namespace Etl.Loader.Fuzz.Generation;

/// <summary>Makes delimited datasets up.</summary>
internal static class DelimitedCases
{
    private static readonly string[] Headings =
        ["id", "Name", "Order No.", "größe", "unit price", "created_at", "Amount (EUR)", "x", "is active", "naïve", "e-mail", "Kundennummer", "a,b", "the \"key\"", "1st"];

    /// <summary>Everything about the form is said in the trigger: nothing may be refused.</summary>
    public static DelimitedCase Said(Dice dice)
    {
        var form = DelimitedForm.Any(dice);
        var columns = dice.Chance(0.02) ? dice.Int(50, 400) : dice.One(1, 2, 3, 4, 5, 6, 8, 12);
        var rows = Fill(dice, form, columns, columns > 12 ? dice.Int(1, 4) : dice.Chance(0.03) ? dice.Int(100, 400) : dice.Int(0, 30), Sources(dice, form, columns));
        var made = new DelimitedCase
        {
            Kind = "delimited, dialect said",
            Form = form,
            Names = Names(dice, form, columns),
            Rows = rows,
            Said = form.Spec(),
            MayBeRefused = false,
            Seed = dice.Int(0, int.MaxValue - 1),
            Scan = Sizes(dice),
            TypesAsText = dice.Chance(0.1),
        };
        return dice.Chance(0.15) ? WithSchema(dice, made) : made;
    }

    public static DelimitedCase Compressed(Dice dice) => Said(dice) with { Kind = "delimited, compressed", Compressed = dice.One(".gz", ".zst") };

    /// <summary>Several files, from the second on with their columns in any order.</summary>
    public static DelimitedCase Several(Dice dice)
    {
        var made = Said(dice);
        var names = made.Names.Distinct().Count() == made.Names.Count ? made.Names : [.. made.Names.Select((_, i) => $"c {i}")];
        var rows = made.Rows.Count >= 4 ? made.Rows : Fill(dice, made.Form, names.Count, 8, Sources(dice, made.Form, names.Count));
        if (!made.Form.Header && names.Count == 1)
        {
            // A file of nothing but blank lines has no column.
            rows = [.. rows.Select(row => row with { Cells = [row.Cells[0] is { Length: > 0 } text ? text : "x"] })];
        }

        return made with { Kind = "delimited, several files", Names = names, Rows = rows, Files = dice.Int(2, 4), Schema = new Dictionary<string, string>() };
    }

    /// <summary>The form is said, and rows are damaged in ways whose effect is known.</summary>
    public static DelimitedCase Damaged(Dice dice)
    {
        var made = Said(dice) with { Schema = new Dictionary<string, string>() };
        var (part, small) = (dice.One(0.05, 0.2, 0.6), dice.Chance(0.2));
        var rows = made.Rows.Select((row, i) => i == 0 && !made.Form.Header || !dice.Chance(part) ? row : Damage(dice, made.Form, row)).ToList();
        return made with
        {
            Kind = "delimited, damaged rows",
            Rows = rows,

            // Where many rows have another width than the header, the form that is said is in doubt.
            MayBeRefused = rows.Count(row => row.Damage is RowDamage.TooFew or RowDamage.TooMany) * 4 >= rows.Count,
            Ragged = dice.Chance(0.3) ? RaggedRows.Pad : RaggedRows.Reject,
            Scan = small ? made.Scan with { MaxRecordBytes = dice.Int(20, 300) } : made.Scan,
        };
    }

    /// <summary>Nothing or little is said: the table is right, or refused.</summary>
    public static DelimitedCase Found(Dice dice)
    {
        var form = DelimitedForm.Usual(dice);
        var columns = dice.Int(2, 8);
        var clear = dice.Int(0, columns - 1);
        var sources = Sources(dice, form, columns);
        sources[clear] = Intents.Clear(dice, form.Formats);
        var rows = Fill(dice, form, columns, dice.Int(3, 40), sources, whole: clear);
        var said = form.Spec();
        return new()
        {
            Kind = form.Quote == '\'' ? "delimited, nothing said, apostrophes" : "delimited, nothing said",
            Clear = clear,
            Form = form,
            Names = Names(dice, form, columns),
            Rows = rows,
            Said = dice.Int(0, 9) switch
            {
                < 7 => null,
                7 => new() { Delimiter = said.Delimiter },
                8 => new() { Header = said.Header, Encoding = said.Encoding },
                _ => new() { Quote = said.Quote },
            },
            MayBeRefused = true,
            Seed = dice.Int(0, int.MaxValue - 1),
            Scan = Sizes(dice),
        };
    }

    /// <summary>Nothing is said and rows are damaged: what is loaded is right all the same.</summary>
    public static DelimitedCase FoundDamaged(Dice dice)
    {
        var made = Found(dice);

        // Quotes that nothing else in the file speaks for are ordinary characters, not damage.
        var form = made.Form with { Quote = '"', Escape = made.Form.Escape == '\\' ? '\\' : '"', Quoting = 1 };
        return made with
        {
            Kind = "delimited, nothing said, damaged rows",
            Form = form,
            Said = made.Said is { Quote: not null } ? null : made.Said,
            Rows = [.. made.Rows.Select((row, i) => i < 3 || !dice.Chance(0.1) ? row : Damage(dice, form, row))
                .Select(row => row.Damage == RowDamage.BadUtf8 && !SaysUtf8(made) ? row with { Damage = RowDamage.None } : row)],
        };
    }

    /// <summary>Where all else is ASCII, a byte that is not UTF-8 may as well be a letter of windows-1252.</summary>
    private static bool SaysUtf8(DelimitedCase made) => made.Form.Header && made.Names.Sum(name => name.Count(c => c > 0x7F)) > 1
        && made.Rows.Count(row => row.Damage == RowDamage.BadUtf8) <= 1;

    private static PlannedRow Damage(Dice dice, DelimitedForm form, PlannedRow row)
    {
        var damage = dice.One(RowDamage.TooFew, RowDamage.TooMany, RowDamage.TextAfterQuote, RowDamage.StrayQuote, RowDamage.NulByte, RowDamage.BadUtf8);
        var impossible = damage switch
        {
            RowDamage.TooFew => row.Cells.Count < 2 || string.IsNullOrEmpty(row.Cells[0]) || row.Cells[0]!.StartsWith('#'),
            RowDamage.TooMany => row.Cells[0]?.StartsWith('#') == true,
            RowDamage.TextAfterQuote or RowDamage.StrayQuote => form.Quote == '\0',
            RowDamage.BadUtf8 => form.Encoding != "utf-8",
            _ => false,
        };
        return impossible ? row : row with { Damage = damage, Kept = damage == RowDamage.TooFew ? dice.Int(1, row.Cells.Count - 1) : 0 };
    }

    private static Func<string>[] Sources(Dice dice, DelimitedForm form, int columns) =>
        [.. Enumerable.Range(0, columns).Select(_ => Intents.Any(dice, form.Formats, Texts.Column(dice, form.IsWestern, sharp: true)))];

    /// <param name="whole">A column that has no nulls.</param>
    private static List<PlannedRow> Fill(Dice dice, DelimitedForm form, int columns, int count, Func<string>[] sources, int whole = -1)
    {
        var nulls = Enumerable.Range(0, columns).Select(column => column == whole ? 0 : dice.One(0, 0, 0.1, 0.5, 1)).ToArray();
        var (empties, words) = (dice.Chance(0.1) ? 0.1 : 0, dice.Chance(0.1) ? 0.1 : 0);
        var rows = new List<PlannedRow>();
        for (var i = 0; i < Math.Max(count, form.Header ? 0 : 1); i++)
        {
            // A first row of nothing would not show how many columns there are.
            var first = i == 0 && !form.Header;
            var cells = Enumerable.Range(0, columns).Select(column =>
                !first && dice.Chance(nulls[column]) ? null
                : column != whole && dice.Chance(empties) ? ""
                : column != whole && dice.Chance(words) ? dice.One(Texts.NullWords)
                : sources[column]()).Select(form.Writable).ToArray();
            rows.Add(new(first && columns == 1 ? ["first"] : cells));
        }

        return rows;
    }

    private static string[] Names(Dice dice, DelimitedForm form, int columns)
    {
        var names = dice.Shuffle(Headings).Take(columns).Concat(Enumerable.Range(0, Math.Max(0, columns - Headings.Length)).Select(i => $"c{i}"));
        return [.. names.Select((name, i) => form.Writable(name) is { Length: > 0 } written && !(form.IsWestern && !IsWestern(written)) ? written : $"name{i}")];
    }

    private static bool IsWestern(string text) => text.All(c => c < 0x100);

    private static ScanOptions Sizes(Dice dice) => new()
    {
        BufferBytes = dice.One(1, 7, 33, 100, 300, 4096),
        ChunkBytes = dice.One(1, 50, 200, 1000, 100_000),
        PartBytes = dice.One(1, 50, 500, 100_000),
        SampleBytes = 64 * 1024,
    };

    /// <summary>Some columns declared, most of them with a type that holds what is in them.</summary>
    private static DelimitedCase WithSchema(Dice dice, DelimitedCase made)
    {
        var names = made.Form.Header ? made.Names : [.. made.Names.Select((_, i) => $"column_{i + 1}")];
        var schema = new Dictionary<string, string>();
        for (var column = 0; column < names.Count; column++)
        {
            if (dice.Chance(0.5) && !names[column].AsSpan().Contains('\0'))
            {
                var proven = TypeOracle.Of(made.Rows.Select(row => row.Cells[column]), made.Form.Formats);
                schema[names[column]] = Declare(dice, proven);
            }
        }

        return made with { Kind = "delimited, schema said", Schema = schema, MayBeRefused = true };
    }

    private static string Declare(Dice dice, ColumnType proven) => dice.Chance(0.1) ? dice.One("bigint", "date", "boolean", "numeric(6,2)", "json", "double", "timestamptz", "timestamp", "bytea") : proven.Kind switch
    {
        TypeKind.BigInt => dice.One("bigint", "numeric", "numeric(45,3)", "text", "double precision"),
        TypeKind.Numeric => dice.One("numeric", $"numeric({proven.Precision + 3},{proven.Scale + 2})", $"numeric({Math.Max(1, proven.Precision)},{proven.Scale})", "double", "text"),
        TypeKind.Date => dice.One("date", "timestamp", "text"),
        TypeKind.Timestamp => dice.One("timestamp", "text"),
        TypeKind.TimestampTz => dice.One("timestamptz", "text"),
        TypeKind.Time => dice.One("time", "text"),
        TypeKind.Boolean => dice.One("boolean", "text"),
        TypeKind.Uuid => dice.One("uuid", "text"),
        TypeKind.Empty => dice.One("bigint", "json", "bytea", "timestamptz", "double", "text"),
        _ => "text",
    };
}

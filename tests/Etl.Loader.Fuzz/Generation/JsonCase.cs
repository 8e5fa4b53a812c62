using System.Text;
using Etl.Loader.Fuzz.Oracle;
using Etl.Loader.Survey;
using Etl.Loader.Survey.JsonLines;

namespace Etl.Loader.Fuzz.Generation;

/// <param name="Broken">A line that is not a record, in place of one; null: the fields are written.</param>
internal sealed record JsonRow(IReadOnlyList<(string Key, JsonCell Value)> Fields, byte[]? Broken = null);

/// <summary>JSON lines, and what must become of them.</summary>
internal sealed record JsonCase : IFuzzCase
{
    public required string Kind { get; init; }
    public required IReadOnlyList<JsonRow> Rows { get; init; }
    public required int Seed { get; init; }
    public required JsonLinesLimits Limits { get; init; }
    public string LineEnd { get; init; } = "\n";
    public bool FinalLineEnd { get; init; } = true;
    public bool Mark { get; init; }
    public bool BlankLines { get; init; }
    public string Encoding { get; init; } = "utf-8";
    public string? Compressed { get; init; }
    public bool TypesAsText { get; init; }

    private string Name => "data.jsonl" + Compressed;

    public GeneratedDataset Render()
    {
        var dice = new Dice(Seed);
        using var text = new MemoryStream();
        if (Mark && Encoding == "utf-8")
        {
            text.Write("\uFEFF"u8);
        }

        List<(JsonRow? Row, ExpectedRecord Record)> lines = [];
        var number = 1;
        for (var i = 0; i < Rows.Count; i++)
        {
            for (; BlankLines && dice.Chance(0.2); number++)
            {
                text.Write(System.Text.Encoding.UTF8.GetBytes(dice.One("", " ", "\t") + LineEnd));
            }

            var offset = text.Position;
            var line = Rows[i].Broken ?? System.Text.Encoding.UTF8.GetBytes(Write(Rows[i], dice));

            // A carriage return in front of the line feed belongs to the line, and a byte order mark to the first one.
            var end = FinalLineEnd || i + 1 < Rows.Count ? LineEnd : "";
            var tooLong = line.Length + (end.Length > 1 ? 1 : 0) + (offset == 3 && Mark && Encoding == "utf-8" ? 3 : 0) > Limits.MaxLine;
            text.Write(line);
            text.Write(System.Text.Encoding.UTF8.GetBytes(end));
            var start = number == 1 && Mark && Encoding == "utf-8" ? 0 : offset;
            lines.Add((tooLong || Rows[i].Broken is not null ? null : Rows[i], new(Name, number++, start, text.Position - start, null, tooLong ? "longer" : "")));
        }

        return new()
        {
            Files = [Compression.Apply(Compressed, new(Name, Encoded(text.ToArray()), text.ToArray()))],
            TypesAsText = TypesAsText,
            Json = Limits,
            MayBeRefused = !HasColumn(lines),
            Expect = _ => HasColumn(lines) ? Table(lines) : null,
        };
    }

    public IEnumerable<IFuzzCase> Smaller()
    {
        foreach (var rows in Shrinking.Without(Rows))
        {
            yield return this with { Rows = rows };
        }

        foreach (var key in Rows.SelectMany(row => row.Fields).Select(field => field.Key).Distinct())
        {
            yield return this with { Rows = [.. Rows.Select(row => row with { Fields = [.. row.Fields.Where(field => field.Key != key)] })] };
        }
    }

    /// <summary>Records that are all damaged, or have no key, make no table.</summary>
    private static bool HasColumn(List<(JsonRow? Row, ExpectedRecord Record)> lines) => lines.Exists(line => line.Row is { Fields.Count: > 0 });

    private ExpectedTable Table(List<(JsonRow? Row, ExpectedRecord Record)> lines)
    {
        var names = lines.Where(line => line.Row is not null).SelectMany(line => line.Row!.Fields).Select(field => field.Key).Distinct().ToList();
        var cells = lines.Select(line => line.Row is null ? null : names.Select(name => line.Row.Fields.FirstOrDefault(field => field.Key == name, (Key: "", Value: JsonCell.Null)).Value).ToArray()).ToList();
        var types = names.Select((_, column) => TypesAsText ? ColumnType.Text : JsonTypes.Of(cells.OfType<JsonCell[]>().Select(row => row[column]))).ToArray();
        return new(names, types, [.. lines.Select((line, i) => line.Record with { Values = cells[i] is { } row ? [.. row.Select((cell, column) => Value(cell, types[column]))] : null })], new());
    }

    private static string? Value(JsonCell cell, ColumnType type) =>
        cell.Kind == JsonKind.Null ? null : type.Kind == TypeKind.Json ? cell.Token : cell.Text;

    private static string Write(JsonRow row, Dice dice)
    {
        string Blank() => dice.Chance(0.1) ? dice.One(" ", "  ", "\t") : "";
        var line = new StringBuilder("{").Append(Blank());
        for (var i = 0; i < row.Fields.Count; i++)
        {
            var (key, value) = row.Fields[i];
            line.Append(i == 0 ? "" : ",").Append(Blank())
                .Append(JsonCell.Of(key, dice, 0.02).Token).Append(Blank()).Append(':').Append(Blank()).Append(value.Token).Append(Blank());
        }

        return line.Append('}').Append(Blank()).ToString();
    }

    private byte[] Encoded(byte[] text) => Encoding switch
    {
        "utf-16le" => [0xFF, 0xFE, .. System.Text.Encoding.Unicode.GetBytes(System.Text.Encoding.UTF8.GetString(text))],
        "utf-16be" => [0xFE, 0xFF, .. System.Text.Encoding.BigEndianUnicode.GetBytes(System.Text.Encoding.UTF8.GetString(text))],
        _ => text,
    };
}

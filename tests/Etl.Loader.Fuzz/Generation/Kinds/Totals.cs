using System.Globalization;

namespace Etl.Loader.Fuzz.Generation.Kinds;

/// <summary>Sums below the rows, in all shapes, and groups of columns above the header: neither is a row.</summary>
internal static class Totals
{
    public static KindCase Sum(Dice dice)
    {
        var groups = dice.Chance(0.5);
        var table = Table(dice, groups);
        var word = dice.One("Total", "TOTAL", "Grand Total", "Sum", "Total:", "Totals", "Gesamt", "Summe");
        var sums = table.Names.Select((_, column) => column == 0 ? "" : KindTable.Number(table.Rows.Sum(row => int.Parse(row[column], CultureInfo.InvariantCulture)))).ToArray();
        sums[0] = groups || dice.Chance(0.7) ? word : "";
        if (table.Names.Count > 2 && sums[0].Length > 0 && dice.Chance(0.3))
        {
            sums[1] = "";
        }

        return KindCase.Refused("sum below the rows", table.Text() + KindTable.Line(sums) + dice.One("\n", "\n", ""));
    }

    /// <summary>A category of that name, which recurs, is one.</summary>
    public static KindCase Category(Dice dice)
    {
        var rows = Enumerable.Range(0, dice.Int(3, 9)).SelectMany(year => new[] { "Female", "Male", "Total" }
            .Select(sex => (string[])[KindTable.Number(2000 + year), sex, KindTable.Number(dice.Int(1, 999))])).ToList();
        string[] names = ["year", "sex", "count"];
        return KindCase.Loaded("a category called total", new KindTable(names, rows).Text(), names, rows);
    }

    public static KindCase Groups(Dice dice)
    {
        var table = dice.Chance(0.5) ? Table(dice, words: true, dice.Int(1, 8)) : KindTable.Make(dice, rows: dice.Int(1, 8));
        var word = dice.One("Count", "Amount", "Group", "Value");
        var group = dice.Chance(0.6)
            ? table.Names.Select(_ => word)
            : table.Names.Select((_, i) => i == 0 ? dice.One("Goods", "") : word);

        // A line that fills one field is a title.
        return KindCase.Loaded("groups above the header", KindTable.Line(group) + "\n" + table.Text(), table.Names, table.Rows) with { MayBeRefused = true };
    }

    private static KindTable Table(Dice dice, bool words, int rows = 0)
    {
        var columns = dice.Int(1, 4);
        rows = rows > 0 ? rows : dice.Int(2, 12);
        var first = dice.Shuffle(KindTable.Things);
        return new(
            [words ? "product" : "id", .. Enumerable.Range(1, columns).Select(i => $"v{i}")],
            [
                .. Enumerable.Range(0, rows).Select(i =>
                    (string[])[words ? first[i % first.Length] : KindTable.Number(i + 1), .. Enumerable.Range(0, columns).Select(_ => KindTable.Number(dice.Int(10, 900)))]),
            ]);
    }
}

namespace Etl.Loader.Fuzz.Generation.Kinds;

/// <summary>Headers that are not as wide as the rows, or have lines above and below: with what shows it, and without.</summary>
internal static class HeaderForms
{
    private static readonly Dictionary<string, string> Units = new() { ["qty"] = "count", ["price"] = "EUR", ["weight"] = "kg", ["date"] = "yyyy-mm-dd" };

    /// <summary>Numbered rows without a name for the numbers, and a first name that is of no number.</summary>
    public static KindCase Labels(Dice dice)
    {
        var table = Ordered(dice, first: ["product", "city", "name"]);
        return KindCase.Loaded("row labels", Lines(table.Names.Skip(1), table.Rows), table.Names.Skip(1).Prepend("column_1"), table.Rows) with { MayBeRefused = true };
    }

    /// <summary>Any other name is lost, or two became one.</summary>
    public static KindCase NameLost(Dice dice)
    {
        var table = Ordered(dice, first: ["product", "city", "name"]);
        var lost = dice.Int(1, table.Names.Count - 1);
        var names = dice.Chance(0.5)
            ? table.Names.Where((_, i) => i != lost)
            : table.Names.Take(lost - 1).Append(table.Names[lost - 1] + table.Names[lost]).Concat(table.Names.Skip(lost + 1));
        return KindCase.Refused("a name lost", Lines(names, table.Rows));
    }

    /// <summary>A column at the end that no row has.</summary>
    public static KindCase Missing(Dice dice)
    {
        var table = Ordered(dice, last: ["qty", "price", "weight"]);
        var names = table.Names.Append("remark").ToList();
        var rows = table.Rows.Select(row => (string?[])[.. row, null]);
        return KindCase.Loaded("last column missing", Lines(names, table.Rows), names, rows) with { MayBeRefused = true };
    }

    /// <summary>A column before the end that no row has: no name behind it stands over its values.</summary>
    public static KindCase MissingBefore(Dice dice)
    {
        var table = Ordered(dice, first: ["product", "city", "name"], last: ["qty", "price", "weight"]);
        return KindCase.Refused("first column of texts missing", Lines(table.Names, table.Rows.Select(row => row.Where((_, i) => i != 1).ToArray())));
    }

    public static KindCase Title(Dice dice)
    {
        var table = Ordered(dice);
        var title = dice.One("Sales of Bern, Thun and Chur\n", "Report, May 2026\n\n", "Station: Bern, Zollikofen\nOwner: the town, all of it\n\n", "Owner,ACME\nContact,Bob\n\n");
        return KindCase.Loaded("title with delimiters", title + table.Text(), table.Names, table.Rows) with { MayBeRefused = true };
    }

    /// <summary>A header that is cut short, above rows without numbers or dates in the line below it.</summary>
    public static KindCase ShortFirst(Dice dice)
    {
        var table = Ordered(dice);
        return KindCase.Refused("a short header above another", KindTable.Line(table.Names.Take(2)) + "\n" + table.Text());
    }

    public static KindCase UnitsBelow(Dice dice)
    {
        var table = Ordered(dice);
        var units = KindTable.Line(table.Names.Select(name => Units.GetValueOrDefault(name, "")));
        return KindCase.Loaded("units below", Lines(table.Names, [units.Split(','), .. table.Rows]), table.Names, table.Rows) with { MayBeRefused = true };
    }

    /// <summary>Names below names: which ones are meant is not clear.</summary>
    public static KindCase NamesBelow(Dice dice)
    {
        var table = Ordered(dice);
        return KindCase.Refused("names below names", Lines(table.Names.Select(name => name + "_group"), [[.. table.Names], .. table.Rows]));
    }

    public static KindCase Twice(Dice dice)
    {
        var table = Ordered(dice);
        return KindCase.Loaded("header twice", Lines(table.Names, [[.. table.Names], .. table.Rows]), table.Names, table.Rows);
    }

    private static string Lines(IEnumerable<string> names, IEnumerable<string[]> rows) => KindTable.Line(names) + "\n" + string.Concat(rows.Select(row => KindTable.Line(row) + "\n"));

    /// <summary>A table with a column of the named ones right behind the number, or at the end.</summary>
    private static KindTable Ordered(Dice dice, string[]? first = null, string[]? last = null)
    {
        while (true)
        {
            var table = KindTable.Make(dice, least: 4);
            if ((first is null || first.Contains(table.Names[1])) && (last is null || last.Contains(table.Names[^1])) && table.Names.Any(Units.ContainsKey))
            {
                return table;
            }
        }
    }
}

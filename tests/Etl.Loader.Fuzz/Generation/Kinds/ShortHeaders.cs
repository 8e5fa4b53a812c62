namespace Etl.Loader.Fuzz.Generation.Kinds;

/// <summary>The header has a name less than the rows have fields, and the rows end with an empty one.</summary>
internal static class ShortHeaders
{
    /// <summary>A name in front or in the middle is lost, and the last column is always empty: no name stands over its values.</summary>
    public static KindCase NameLost(Dice dice)
    {
        var table = KindTable.Make(dice, least: 4);
        var lost = dice.Int(0, table.Names.Count - 2);
        var names = table.Names.Where((_, i) => i != lost).Append(dice.One("note", "remark", "flag", "x"));
        return KindCase.Refused("header one name short", KindTable.Line(names) + "\n" + string.Concat(table.Rows.Select(row => KindTable.Line(row) + ",\n")));
    }

    /// <summary>Row labels without a name, as data frames are written, before an empty last column.</summary>
    public static KindCase Labels(Dice dice)
    {
        var names = Enumerable.Range(0, dice.Int(2, 7)).Select(i => $"{dice.One("a", "b", "m", "v")}{i}").ToList();
        var rows = Enumerable.Range(0, dice.Int(4, 20)).Select(row => KindTable.Line([KindTable.Number(row), .. names.Skip(1).Select(_ => KindTable.Number(dice.Int(0, 99))), ""]));
        return KindCase.Refused("header one name short, labels", KindTable.Line(names) + "\n" + string.Concat(rows.Select(row => row + "\n")));
    }

    /// <summary>Each row ends with a delimiter, and the names stand over values of their kind.</summary>
    public static KindCase Ended(Dice dice)
    {
        var table = KindTable.Make(dice, least: 4);
        var header = dice.Chance(0.5) ? "," : "";
        var text = KindTable.Line(table.Names) + header + "\n" + string.Concat(table.Rows.Select(row => KindTable.Line(row) + ",\n"));
        return KindCase.Loaded("rows that end in a delimiter", text, table.Names, table.Rows) with { MayBeRefused = header.Length == 0 };
    }
}

namespace Etl.Loader.Fuzz.Generation.Kinds;

/// <summary>Delimiters with a blank behind some of them: the blank belongs to the values, unless it is behind all of them.</summary>
internal static class BlankDelimiters
{
    public static KindCase Some(Dice dice)
    {
        var mark = dice.One(",", ",", ";");
        var table = KindTable.Make(dice);

        // Column by column as the producer wrote it, and some lines otherwise.
        var blanks = table.Names.Select((_, i) => i > 0 && dice.Chance(0.5)).ToArray();
        var (with, without) = (dice.Int(1, table.Names.Count - 1), 0);
        do
        {
            without = dice.Int(1, table.Names.Count - 1);
        }
        while (without == with);
        (blanks[with], blanks[without]) = (true, false);
        var rows = table.Rows.Select(row => Padded(row, dice.Chance(0.1) ? [.. blanks.Select((_, i) => i == without)] : blanks)).ToList();
        var names = Padded([.. table.Names], blanks);
        var text = KindTable.Line(names, mark) + "\n" + string.Concat(rows.Select(row => KindTable.Line(row, mark) + "\n"));
        return KindCase.Loaded("delimiter with blanks, not everywhere", text, names, rows) with { MayBeRefused = true };
    }

    public static KindCase All(Dice dice)
    {
        var table = KindTable.Make(dice);
        return KindCase.Loaded("delimiter with blanks, everywhere", table.Text(dice.One(", ", "; ")), table.Names, table.Rows);
    }

    private static string[] Padded(string[] row, bool[] blanks) => [.. row.Select((cell, i) => blanks[i] ? " " + cell : cell)];
}

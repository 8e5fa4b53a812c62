namespace Etl.Loader.Fuzz.Generation.Kinds;

/// <summary>What is in the cells: marks that divide other files, blanks around numbers, addresses and words without a header.</summary>
internal static class CellForms
{
    /// <summary>Lists in cells, divided by a mark that the names do not have.</summary>
    public static KindCase Lists(Dice dice)
    {
        var (mark, outer) = dice.One((",", ";"), (",", "\t"), ("|", ","), (";", "\t"));
        var table = KindTable.Make(dice, least: 3);
        table = new([.. table.Names, "tags"], [.. table.Rows.Select(row => (string[])[.. row, $"{dice.One("red", "blue", "green")}{mark}{dice.One("round", "tall", "old")}"])]);
        return KindCase.Loaded("lists in cells", table.Text(outer), table.Names, table.Rows);
    }

    /// <summary>Numbers and dates with blanks before them, so that they end below each other.</summary>
    public static KindCase Padded(Dice dice)
    {
        var table = KindTable.Make(dice, least: 4);
        var rows = table.Rows.Select(row => KindTable.Line(row.Select(cell => char.IsDigit(cell[0]) ? cell.PadLeft(12) : cell), ";") + "\n");
        var text = KindTable.Line(table.Names, ";") + "\n" + string.Concat(rows);
        return KindCase.Loaded("padded numbers", text, table.Names, table.Rows);
    }

    /// <summary>Addresses in each line, the first one's too.</summary>
    public static KindCase Addresses(Dice dice)
    {
        var rows = Enumerable.Range(0, dice.Int(4, 20)).Select(i => new[] { dice.One(KindTable.People), $"{dice.One("http://example.org/", "https://example.net/")}{i}/{dice.Digits(3)}" }).ToList();
        return KindCase.Loaded("addresses without header", string.Concat(rows.Select(row => KindTable.Line(row) + "\n")), ["column_1", "column_2"], rows) with { MayBeRefused = true };
    }

    /// <summary>Words, and nothing that tells a name from a value.</summary>
    public static KindCase Words(Dice dice)
    {
        var people = dice.Shuffle(KindTable.People).ToList();
        var towns = dice.Shuffle(KindTable.Towns).ToList();
        return KindCase.Refused("words without header", string.Concat(Enumerable.Range(0, dice.Int(3, 9)).Select(i => $"{people[i]},{towns[i]}\n")));
    }
}

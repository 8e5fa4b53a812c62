namespace Etl.Loader.Fuzz.Generation.Kinds;

/// <summary>Characters that no one sees: the end mark of old systems, byte order marks between joined files, zero-width marks in names.</summary>
internal static class InvisibleMarks
{
    public static KindCase EndMark(Dice dice)
    {
        var table = KindTable.Make(dice);
        var text = table.Text(dice.One(",", ";", "\t"), dice.One("\n", "\r\n"));
        text = dice.Chance(0.3) ? text.TrimEnd('\r', '\n') : text;
        return KindCase.Loaded("end mark at the end", text + new string('\u001A', dice.One(1, 1, 1, 2, 100)) + (dice.Chance(0.1) ? "\n" : ""), table.Names, table.Rows) with { MayBeRefused = true };
    }

    public static KindCase Joined(Dice dice)
    {
        var table = KindTable.Make(dice);
        var at = dice.Int(2, table.Rows.Count - 1);
        var again = dice.Chance(0.5);
        var second = (again ? KindTable.Line(table.Names) + "\n" : "") + string.Concat(table.Rows.Skip(at).Select(row => KindTable.Line(row) + "\n"));
        var text = (table with { Rows = [.. table.Rows.Take(at)] }).Text() + "\uFEFF" + second;
        return KindCase.Loaded("byte order mark between joined files", text, table.Names, table.Rows) with { MayBeRefused = true };
    }

    public static KindCase Names(Dice dice)
    {
        var table = KindTable.Make(dice);
        var mark = dice.One("\u200B", "\uFEFF", "\u2060", "\u200E", "\u00AD");
        var at = dice.Int(0, table.Names.Count - 1);
        var names = table.Names.Select((name, i) => i == at ? name.Insert(dice.Int(0, name.Length), mark) : name).ToList();
        return KindCase.Loaded("zero-width marks in names", (table with { Names = names }).Text(), table.Names, table.Rows);
    }

    /// <summary>A number with a mark in it must not make a text of its column.</summary>
    public static KindCase Values(Dice dice)
    {
        var table = KindTable.Make(dice);
        var row = dice.Int(0, table.Rows.Count - 1);
        var mark = dice.One("\u200B", "\uFEFF", "\u2060", "\u200E", "\u001A");
        var rows = table.Rows.Select((cells, i) => i == row ? (string[])[dice.Chance(0.5) ? mark + cells[0] : cells[0] + mark, .. cells.Skip(1)] : cells).ToList();
        return KindCase.Loaded("invisible mark in a number", (table with { Rows = rows }).Text(), table.Names, table.Rows) with { MayBeRefused = true };
    }
}

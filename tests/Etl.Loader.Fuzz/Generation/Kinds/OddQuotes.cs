namespace Etl.Loader.Fuzz.Generation.Kinds;

/// <summary>Marks around texts that are part of them, and marks that are quotes.</summary>
internal static class OddQuotes
{
    public static KindCase Text(Dice dice)
    {
        var table = KindTable.Make(dice);
        var column = table.Names.Count;
        var marked = dice.Int(0, 3);
        var mark = dice.One("*", "%", "~", "#", "$", "^", "`");
        var rows = table.Rows.Select((row, i) => (string?[])[.. row, marked switch
        {
            0 => new string(mark[0], dice.Int(1, 5)),
            1 => mark + dice.One(KindTable.Towns) + mark,
            2 => i == 2 ? new string(mark[0], 4) : dice.One(KindTable.People),
            _ => i == 2 ? mark + "x" + mark : dice.One(KindTable.People),
        }]).ToList();
        var names = table.Names.Append("rating").ToList();
        return KindCase.Loaded("marks that are no quotes", KindTable.Line(names) + "\n" + string.Concat(rows.Select(row => KindTable.Line(row!) + "\n")), names, rows);
    }

    public static KindCase Enclosing(Dice dice)
    {
        var table = KindTable.Make(dice);
        var mark = dice.One("'", "$", "~", "`", "%");
        var rows = table.Rows.Select(row => (string?[])[.. row, $"{dice.One(KindTable.Towns)}, {dice.One(KindTable.People)}"]).ToList();
        var names = table.Names.Append("note").ToList();
        var text = KindTable.Line(names) + "\n" + string.Concat(rows.Select(row => KindTable.Line(row[..^1]!) + "," + mark + row[^1] + mark + "\n"));
        return KindCase.Loaded("other quotes that enclose delimiters", text, names, rows);
    }
}

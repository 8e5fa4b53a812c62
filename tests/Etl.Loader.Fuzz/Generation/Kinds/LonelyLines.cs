namespace Etl.Loader.Fuzz.Generation.Kinds;

/// <summary>Files of one line: a header without rows, a row without header, or neither.</summary>
internal static class LonelyLines
{
    public static KindCase NoHeader(Dice dice)
    {
        var table = KindTable.Make(dice);
        var name = dice.One(table.Names.ToArray());
        var line = dice.Int(0, 3) switch
        {
            0 => KindTable.Line(table.Names.Append(name)),
            1 => KindTable.Line([.. table.Names, $"\"{name}"]),
            2 => KindTable.Line([.. table.Names, $"\"{name}\"x"]),
            _ => KindTable.Line([.. table.Names, ""]),
        };
        return KindCase.Refused("one line that is no header", line + dice.One("\n", "", "\r\n"));
    }

    public static KindCase Row(Dice dice) =>
        KindCase.Refused("one line of words", KindTable.Line(dice.Shuffle([dice.One(KindTable.People), dice.One(KindTable.Towns), dice.One(KindTable.Things)])) + "\n");

    public static KindCase Header(Dice dice)
    {
        var table = KindTable.Make(dice);
        return KindCase.Loaded("one line, a header", KindTable.Line(table.Names) + "\n", table.Names, []);
    }
}

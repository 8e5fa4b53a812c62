namespace Etl.Loader.Fuzz.Generation.Kinds;

/// <summary>Keys joined by one delimiter inside lines divided by another.</summary>
internal static class TwoLevels
{
    public static KindCase Make(Dice dice)
    {
        var (outer, inner) = dice.One(("\t", ","), ("\t", ","), ("\t", ";"), ("\t", "|"), ("|", ","), ("|", ";"), (";", ","));
        var keys = dice.Int(2, 4);
        var years = dice.Int(1, 6);
        var names = Enumerable.Range(0, years).Select(i => $"{(dice.Chance(0.5) ? "y" : "v_")}{2019 + i}").Prepend(KindTable.Line(Enumerable.Range(0, keys).Select(i => $"key{i}"), inner)).ToList();
        var rows = Enumerable.Range(0, dice.Int(4, 20)).Select(_ => (string?[])
        [
            KindTable.Line(Enumerable.Range(0, keys).Select(_ => dice.One("A", "CLV", "AT", "B1G", "MIO", "DE")), inner),
            .. Enumerable.Range(0, years).Select(_ => dice.One($"{dice.Int(1, 99)}", $"{dice.Int(1, 99)} ", $"{dice.Int(1, 99)} p", ": ", $"{dice.Int(1, 9)}.{dice.Int(1, 9)} e")),
        ]).ToList();
        return KindCase.Loaded("two levels of delimiters", KindTable.Line(names, outer) + "\n" + string.Concat(rows.Select(row => KindTable.Line(row!, outer) + "\n")), names, rows) with
        {
            File = outer == "\t" && dice.Chance(0.5) ? "data.tsv" : "data.csv",
            MayBeRefused = true,
        };
    }
}

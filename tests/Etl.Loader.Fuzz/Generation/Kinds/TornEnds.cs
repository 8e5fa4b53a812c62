namespace Etl.Loader.Fuzz.Generation.Kinds;

/// <summary>Files that were cut in their last row, and files with a footer.</summary>
internal static class TornEnds
{
    public static KindCase Torn(Dice dice)
    {
        var (table, begin) = Begun(dice);
        var last = begin + KindTable.Line(table.Rows[^1]);
        var cut = last[..dice.Int(1, last.LastIndexOf(','))];
        var text = Text(table with { Rows = [.. table.Rows.SkipLast(1)] }, begin) + cut + (dice.Chance(0.3) && cut.Contains(',') ? "\n" : "");
        return KindCase.Refused("last row torn", text);
    }

    public static KindCase Footer(Dice dice)
    {
        var table = KindTable.Make(dice);
        var footer = dice.One("Source: our own survey\n", "# end of file\n", "\nAll rights reserved by us\n", "Source: our own survey\nAll rights reserved\n", "\nSource: ACME, Zurich");
        return KindCase.Loaded("footer", table.Text() + footer, table.Names, table.Rows) with { MayBeRefused = !footer.EndsWith('\n') };
    }

    private static (KindTable Table, string Begin) Begun(Dice dice) => (KindTable.Make(dice), dice.One("", "#", "# ", "*", "(", "Room ", "No. ", "A-"));

    private static string Text(KindTable table, string begin) =>
        KindTable.Line(table.Names) + "\n" + string.Concat(table.Rows.Select(row => begin + KindTable.Line(row) + "\n"));
}

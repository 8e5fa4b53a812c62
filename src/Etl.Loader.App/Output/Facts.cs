namespace Etl.Loader.App.Output;

/// <summary>Names with values below each other. On a screen a long value continues below itself; through a pipe each is a line.</summary>
internal static class Facts
{
    private const int NameWidth = 11;

    /// <summary>Leaves out what has no value.</summary>
    public static void Write(IEnumerable<(string Name, string? Value)> facts, Surroundings surroundings)
    {
        foreach (var (name, value) in facts.Where(fact => !string.IsNullOrEmpty(fact.Value)))
        {
            WriteBelow(surroundings.Out, name.PadRight(NameWidth), Words.Plain(value), surroundings.Width);
        }
    }

    /// <summary>A text behind its beginning, broken at spaces into lines that stand below each other where there is a width.</summary>
    public static void WriteBelow(TextWriter writer, string beginning, string text, int? width)
    {
        if (width is not { } columns || beginning.Length + text.Length <= columns)
        {
            writer.WriteLine(beginning + text);
            return;
        }

        foreach (var line in TextLayout.Wrap(text, columns - beginning.Length))
        {
            writer.WriteLine(beginning + line);
            beginning = new string(' ', beginning.Length);
        }
    }
}

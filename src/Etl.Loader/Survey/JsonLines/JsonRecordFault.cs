namespace Etl.Loader.Survey.JsonLines;

/// <summary>Faults of lines that are reported before, or apart from, taking them apart.</summary>
internal static class JsonRecordFault
{
    /// <summary>For a top-level array or an object over several lines, in this order.</summary>
    public const string Conversion = "jq -c '.[]' FILE for an array, jq -c . FILE for objects over several lines";

    public static string TooLong(int maxLine) => $"it is longer than {Amounts.Counted(maxLine, "byte")}";

    /// <summary>True when the file's first record shows that it is JSON of another form, of which no line would be right.</summary>
    public static bool IsOtherForm(JsonLineReader lines, int start, int length)
    {
        var line = lines.Buffer.AsSpan(start, length).TrimStart(" \t"u8);
        return line.StartsWith("["u8) || line.SequenceEqual("{"u8);
    }
}

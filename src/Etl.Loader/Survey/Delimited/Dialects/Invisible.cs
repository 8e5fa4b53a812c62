namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>Characters that no one sees and that change what a name or value is: byte order marks, zero-width and direction marks, soft hyphens.</summary>
internal static class Invisible
{
    /// <summary>Joiners are letters' business in some scripts.</summary>
    private static readonly System.Buffers.SearchValues<char> Marks = System.Buffers.SearchValues.Create("\uFEFF\u200B\u2060\u200E\u200F\u00AD\u001A");

    public static bool In(string text) => text.AsSpan().ContainsAny(Marks);

    public static string Without(string text) => In(text) ? string.Concat(text.Where(c => !Marks.Contains(c))) : text;

    /// <summary>Throws where such a mark alone keeps a value from being a number or date.</summary>
    public static void RefuseValues(string file, IReadOnlyList<SampleRecord> rows)
    {
        foreach (var record in rows)
        {
            if (record.Fields.FirstOrDefault(field => HidesValue(field.Text)) is { Text: { } text })
            {
                throw Refusal(file, record.Line, text, null);
            }
        }
    }

    public static bool HidesValue(string text) => In(text) && Without(text) is { Length: > 0 } visible && CellEvidence.IsTyped(visible);

    public static DatasetException Refusal(string file, long line, string value, string? column) => new(
        $"{file}: line {line} has an invisible character (U+{(int)value.First(Marks.Contains):X4}) in the value '{Without(value)}'.",
        "Deliver the file without it, or write \"types\": \"text\" in the trigger to load every value as it is.",
        file,
        line,
        column);
}

namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>How a manifest's <c>dialect</c> entries are read and written.</summary>
internal static class DialectText
{
    public static string Delimiter(string said) => said switch
    {
        "" => throw Refuse("delimiter", said, "one or more characters"),
        "\\t" or "tab" => "\t",
        _ when said.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0 => throw Refuse("delimiter", said, "no line end"),
        _ => said,
    };

    public static char Quote(string said) => said switch
    {
        "" => '\0',
        [var quote] when quote is > ' ' and < '\x7f' && !char.IsAsciiLetterOrDigit(quote) => quote,
        _ => throw Refuse("quote", said, "one character such as \" or ', or \"\" for none"),
    };

    /// <summary>Null: find out.</summary>
    public static char? Escape(string? said, char quote) => said switch
    {
        null => null,
        "" => '\0',
        "\\" => '\\',
        [var c] when c == quote => quote,
        _ => throw Refuse("escape", said, "\"\\\\\", the quote itself, or \"\" for none"),
    };

    public static char Decimal(string? said) => said switch
    {
        null or "." => '.',
        "," => ',',
        _ => throw Refuse("decimal", said, "\".\" or \",\""),
    };

    public static string Name(string delimiter) => delimiter switch
    {
        "\t" => "tab",
        " " => "blank",
        [var one] when char.IsControl(one) => $"'{Json(delimiter)}'",
        _ => $"'{delimiter}'",
    };

    /// <summary>As it stands between fields in a message.</summary>
    public static string Shown(string delimiter) => delimiter.Any(char.IsControl) ? Json(delimiter) : delimiter;

    public static string Json(string text) => text switch
    {
        "\t" => "\\t",
        "\"" or "\\" => "\\" + text,
        [var one] when char.IsControl(one) => $"\\u{(int)one:x4}",
        _ => text,
    };

    public static string Names(IEnumerable<DialectCandidate> candidates) => string.Join(", ", candidates.Select(candidate => Name(candidate.Delimiter)));

    /// <summary>Where the text begins after so many physical lines.</summary>
    public static int AfterLines(string text, int lines)
    {
        var at = 0;
        for (; lines > 0 && at < text.Length; lines--)
        {
            var end = text.AsSpan(at).IndexOfAny('\r', '\n');
            at = end < 0 ? text.Length : at + end + (text[at + end] == '\r' && at + end + 1 < text.Length && text[at + end + 1] == '\n' ? 2 : 1);
        }

        return at;
    }

    private static LoaderException Refuse(string key, string said, string expected) =>
        new($"The dialect's {key} '{said}' is not understood; expected {expected}.", $"Correct \"dialect\": {{\"{key}\": …}} in the trigger.");
}

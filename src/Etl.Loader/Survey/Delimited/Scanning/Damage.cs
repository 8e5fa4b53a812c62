namespace Etl.Loader.Survey.Delimited.Scanning;

/// <summary>What is wrong with a record that cannot be taken apart.</summary>
internal enum DamageKind
{
    None,
    FieldCount,

    /// <summary>A quote inside a field that does not begin with one.</summary>
    StrayQuote,

    /// <summary>Text between a closing quote and the next delimiter.</summary>
    TextAfterQuote,

    /// <summary>A quoted field in a file whose quotes were found to be ordinary characters.</summary>
    UnexpectedQuote,
    /// <summary>A blank line in a file of one column.</summary>
    BlankLine,
    Encoding,
    NulByte,

    /// <summary>The mark that ends files of old systems, in the middle of one.</summary>
    EndMark,

    /// <summary>A record that would be padded has a value that fits no complete one.</summary>
    Shifted,

    /// <summary>A short record without a line end: the file was cut.</summary>
    Torn,

    /// <summary>The delimiter without the blank that is behind it everywhere else.</summary>
    BareDelimiter,
    TooLong,
}

/// <summary>How each kind of damage is reported, and the line in the trigger that settles it where the data is right after all.</summary>
internal static class Damage
{
    public static string Reason(DamageKind kind, int fields, int expected, bool header) => kind switch
    {
        DamageKind.FieldCount => header
            ? $"has {Count(fields)}, the header has {expected}"
            : $"has {Count(fields)}, the records before it have {expected}",
        DamageKind.StrayQuote => "has a quote inside a field that is not quoted",
        DamageKind.TextAfterQuote => "has text after a closing quote",
        DamageKind.UnexpectedQuote => "has a field that begins with a quote, but quotes were ordinary characters up to here",
        DamageKind.BlankLine => "is blank, which in a file of one column may be a null or nothing",
        DamageKind.Encoding => "is not valid UTF-8",
        DamageKind.NulByte => "contains a NUL byte",
        DamageKind.EndMark => "contains an end mark (Ctrl-Z, 0x1A) that is not at the file's end",
        DamageKind.Shifted => $"has {Count(fields)} of {expected}, and values that do not fit their columns; a field may be missing before the end",
        DamageKind.Torn => $"has {Count(fields)} of {expected} and no line end; the file may have been cut off",
        DamageKind.BareDelimiter => "has a delimiter without the space that follows all others",
        DamageKind.TooLong => $"is longer than {RecordScanner.DefaultMaxRecordBytes >> 20} MiB",
        _ => "is damaged",
    };

    /// <param name="mayPad">Fields are missing where they may be nulls.</param>
    /// <param name="raw">The record.</param>
    public static string Hint(DamageKind kind, bool mayPad, string raw) => kind switch
    {
        DamageKind.BlankLine =>
            "Write \"ragged\": \"pad\" in the trigger if blank lines are nulls, or \"rejects\": {\"max\": n} to leave them out.",
        DamageKind.FieldCount when mayPad =>
            "Repair the line, or write \"ragged\": \"pad\" in the trigger if missing fields at the end mean null, or allow \"rejects\": {\"max\": n}.",
        DamageKind.FieldCount =>
            "Repair the line (quote a delimiter inside a text; remove lines after the table), or write \"rejects\": {\"max\": n} in the trigger to leave such lines out.",
        DamageKind.StrayQuote or DamageKind.UnexpectedQuote =>
            "If quotes are ordinary characters in this file, write \"dialect\": {\"quote\": \"\"} in the trigger; otherwise repair the line or allow \"rejects\": {\"max\": n}.",
        DamageKind.Torn =>
            "Deliver the whole file, end the line if it is complete, or allow \"rejects\": {\"max\": n} in the trigger.",
        DamageKind.BareDelimiter =>
            "If the spaces belong to the values, write the delimiter in the trigger without one (\"dialect\": {\"delimiter\": \",\"}); otherwise repair the line or allow \"rejects\": {\"max\": n}.",
        DamageKind.TextAfterQuote when raw.Contains('\\') =>
            "If a backslash escapes quotes in this file, write \"dialect\": {\"escape\": \"\\\\\"} in the trigger; otherwise repair the line or allow \"rejects\": {\"max\": n}.",
        DamageKind.Encoding =>
            "Repair the line or allow \"rejects\": {\"max\": n}; if the whole file has another encoding, write its name in the trigger's \"dialect\" as \"encoding\".",
        _ => "Repair the line and deliver the file again, or allow \"rejects\": {\"max\": n} in the trigger.",
    };

    private static string Count(int fields) => Amounts.Counted(fields, "field");
}

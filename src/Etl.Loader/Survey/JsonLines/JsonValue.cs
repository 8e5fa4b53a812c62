namespace Etl.Loader.Survey.JsonLines;

internal enum JsonValueKind : byte
{
    /// <summary>The key is missing or its value is null: both are NULL in a table.</summary>
    Null,
    String,
    Number,
    Boolean,

    /// <summary>An object or an array.</summary>
    Nested,
}

/// <summary>One value of a record: where its token is in the line's buffer (strings with their quotes).</summary>
/// <param name="Unescaped">
/// Of a string with escapes: where its text begins in <see cref="JsonRecordParser.Scratch"/>; -1: it stands between the quotes.
/// </param>
internal readonly record struct JsonValue(JsonValueKind Kind, int Start, int Length, int Unescaped, int UnescapedLength)
{
    /// <summary>The value as a column of text or of a scalar type has it.</summary>
    public ReadOnlySpan<byte> Text(JsonRecordParser parser, byte[] buffer) =>
        Kind != JsonValueKind.String ? Token(buffer)
        : Unescaped < 0 ? buffer.AsSpan(Start + 1, Length - 2)
        : parser.Scratch.AsSpan(Unescaped, UnescapedLength);

    /// <summary>The value as JSON.</summary>
    public ReadOnlySpan<byte> Token(byte[] buffer) => buffer.AsSpan(Start, Length);
}

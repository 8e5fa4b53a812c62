using System.Text.Json;

namespace Etl.Loader.Survey.JsonLines;

/// <summary>
/// What a JSON column cannot hold although it is well-formed: an object with one key twice (PostgreSQL's <c>jsonb</c> would quietly keep the
/// last), <c>\u0000</c> and halves of surrogate pairs, numbers beyond those of <c>numeric</c>, and -0.
/// </summary>
internal static class JsonNested
{
    /// <summary>Levels of a record, itself included.</summary>
    public const int MaxDepth = 256;

    /// <summary>PostgreSQL's numeric has 131,072 digits before the point and 16,383 after it.</summary>
    private const int MaxDigits = 16_383;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth };
    private static readonly JsonDocumentOptions StrictOptions = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Null when the well-formed object or array can be held.</summary>
    public static string? Fault(ReadOnlyMemory<byte> value)
    {
        var reader = new Utf8JsonReader(value.Span, ReaderOptions);
        var mayRepeat = false;
        var keys = 0;
        while (reader.Read())
        {
            mayRepeat |= reader.TokenType == JsonTokenType.PropertyName && ++keys > 1;
            if (reader.ValueIsEscaped && !IsText(ref reader))
            {
                return "a nested text has an escape that no JSON column can hold (\\u0000 or half a surrogate pair)";
            }

            if (reader.TokenType == JsonTokenType.Number && !IsNumeric(reader.ValueSpan))
            {
                return "a nested number is too large for a JSON column";
            }
        }

        if (!mayRepeat)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(value, StrictOptions);
            return null;
        }
        catch (JsonException)
        {
            return "a nested object has a key twice";
        }
    }

    /// <summary>True for well-formed JSON of any kind that a JSON column can hold.</summary>
    public static bool IsJson(ReadOnlySpan<byte> value)
    {
        try
        {
            return Fault(value.ToArray()) is null && !HasNegativeZero(value);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsText(ref Utf8JsonReader reader)
    {
        try
        {
            return !reader.GetString()!.Contains('\0', StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>True where well-formed JSON has the number -0: <c>jsonb</c> would make it 0.</summary>
    public static bool HasNegativeZero(ReadOnlySpan<byte> value)
    {
        if (value.IndexOf("-0"u8) < 0)
        {
            return false;
        }

        var reader = new Utf8JsonReader(value, ReaderOptions);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number && IsNegativeZero(reader.ValueSpan))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNegativeZero(ReadOnlySpan<byte> number)
    {
        var exponent = number.IndexOfAny((byte)'e', (byte)'E');
        return number[0] == '-' && (exponent < 0 ? number : number[..exponent]).IndexOfAnyExcept("-0."u8) < 0;
    }

    private static bool IsNumeric(ReadOnlySpan<byte> number)
    {
        var exponent = number.IndexOfAny((byte)'e', (byte)'E');
        if (exponent < 0)
        {
            return number.Length <= MaxDigits;
        }

        var size = 0;
        foreach (var digit in number[(exponent + 1)..])
        {
            size = digit is >= (byte)'0' and <= (byte)'9' ? Math.Min(size * 10 + digit - '0', MaxDigits + 1) : size;
        }

        return size + exponent <= MaxDigits;
    }
}

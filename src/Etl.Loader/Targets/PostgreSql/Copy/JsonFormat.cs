using System.Text.Json;
using System.Text.Unicode;
using Etl.Loader.Survey.Formats;

namespace Etl.Loader.Targets.PostgreSql.Copy;

/// <summary>Whether PostgreSQL's <c>jsonb</c> takes a text: one bad value would fail the whole COPY, so it is found before.</summary>
internal static class JsonFormat
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1000 };

    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(text, Options);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.Number && !JsonNested.IsNumeric(reader.ValueSpan))
                {
                    return false;
                }
            }
        }
        catch (JsonException)
        {
            return false;
        }

        return text.IndexOf("\\u"u8) < 0 || EscapesAreCharacters(text);
    }

    /// <summary>False for <c>\u0000</c> and for halves of surrogate pairs, which <c>jsonb</c> cannot hold.</summary>
    private static bool EscapesAreCharacters(ReadOnlySpan<byte> text)
    {
        var high = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                if (high)
                {
                    return false;
                }

                continue;
            }

            if (text[++i] != 'u')
            {
                if (high)
                {
                    return false;
                }

                continue;
            }

            var code = (char)(Nibble(text[i + 1]) << 12 | Nibble(text[i + 2]) << 8 | Nibble(text[i + 3]) << 4 | Nibble(text[i + 4]));
            i += 4;
            if (code == 0 || char.IsLowSurrogate(code) != high)
            {
                return false;
            }

            high = char.IsHighSurrogate(code);
        }

        return !high;
    }

    private static int Nibble(byte c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

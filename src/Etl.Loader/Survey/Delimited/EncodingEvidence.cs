using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Etl.Loader.Survey.Delimited;

/// <summary>Which encoding the first bytes of a file speak for.</summary>
/// <param name="Name">IANA name; null where the bytes speak for none that is known.</param>
/// <param name="MarkBytes">Length of the byte order mark.</param>
/// <param name="Certain">False for UTF-8 that is ASCII so far: later bytes may show windows-1252.</param>
internal readonly record struct EncodingEvidence(string? Name, int MarkBytes, bool Certain)
{
    public const string Utf8Name = "utf-8";
    public const string Windows1252 = "windows-1252";

    /// <param name="bytes">The file's first bytes.</param>
    /// <param name="whole">True: the file has no more.</param>
    public static EncodingEvidence Of(ReadOnlySpan<byte> bytes, bool whole)
    {
        switch (bytes)
        {
            case [0xEF, 0xBB, 0xBF, ..]: return new(Utf8Name, 3, true);
            case [0xFF, 0xFE, 0, 0, ..]: return new("utf-32le", 4, true);
            case [0, 0, 0xFE, 0xFF, ..]: return new("utf-32be", 4, true);
            case [0xFF, 0xFE, ..]: return new("utf-16le", 2, true);
            case [0xFE, 0xFF, ..]: return new("utf-16be", 2, true);
        }

        if (Utf16(bytes) is { } name)
        {
            return new(name, 0, true);
        }

        var text = whole ? bytes : bytes[..^IncompleteTail(bytes)];
        if (Utf8.IsValid(text))
        {
            return new(Utf8Name, 0, text.IndexOfAnyInRange((byte)0x80, (byte)0xFF) >= 0);
        }

        // Letters of windows-1252 make a character of UTF-8 only by chance: where there are such, it is UTF-8 with some damage, or nobody can say.
        var (characters, invalid) = CountUtf8(text);
        return characters > 0
            ? new(characters > invalid ? Utf8Name : null, 0, true)
            : new(LooksWestern(bytes) ? Windows1252 : null, 0, true);
    }

    /// <summary>Characters outside ASCII, and places where there is none.</summary>
    private static (int Characters, int Invalid) CountUtf8(ReadOnlySpan<byte> text)
    {
        int characters = 0, invalid = 0;
        for (var at = text.IndexOfAnyInRange((byte)0x80, (byte)0xFF); at >= 0;)
        {
            var valid = Rune.DecodeFromUtf8(text[at..], out _, out var length) == OperationStatus.Done;
            characters += valid ? 1 : 0;
            invalid += valid ? 0 : 1;
            text = text[(at + length)..];
            at = text.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
        }

        return (characters, invalid);
    }

    /// <summary>
    /// Western text has its accented letters one by one among ASCII ones; other single-byte alphabets and East Asian encodings have
    /// them in runs, Central European and DOS ones where windows-1252 has signs. To call those windows-1252 would load other letters
    /// than were written.
    /// </summary>
    public static bool LooksWestern(ReadOnlySpan<byte> bytes)
    {
        int high = 0, odd = 0, run = 0;
        for (var i = 0; i <= bytes.Length; i++)
        {
            var b = i < bytes.Length ? bytes[i] : (byte)0;
            if (b < 0x80)
            {
                odd += run > 2 ? run : 0;
                run = 0;
                continue;
            }

            // Five bytes have no meaning in windows-1252.
            if (b is 0x81 or 0x8D or 0x8F or 0x90 or 0x9D)
            {
                return false;
            }

            high++;
            run++;
            odd += i > 0 && i + 1 < bytes.Length && !FitsBetween(b, bytes[i - 1], bytes[i + 1]) ? 1 : 0;
        }

        return odd * 10 <= high;
    }

    /// <summary>Between two letters stand letters, apostrophes and hyphens; between small ones no capital.</summary>
    private static bool FitsBetween(byte b, byte before, byte after)
    {
        if (!char.IsAsciiLetter((char)before) || !char.IsAsciiLetter((char)after))
        {
            return true;
        }

        var small = b is >= 0xDF and not 0xF7 or 0x9A or 0x9C or 0x9E or 0x91 or 0x92 or 0x96 or 0x97 or 0xAD or 0xB7;
        var capital = b is >= 0xC0 and < 0xDF and not 0xD7 or 0x8A or 0x8C or 0x8E or 0x9F;
        return small || (capital && !(char.IsAsciiLetterLower((char)before) && char.IsAsciiLetterLower((char)after)));
    }

    /// <summary>Text of mostly Latin letters in UTF-16 has a zero in every second byte.</summary>
    private static string? Utf16(ReadOnlySpan<byte> bytes)
    {
        int even = 0, odd = 0;
        for (var i = 0; i + 1 < bytes.Length; i += 2)
        {
            even += bytes[i] == 0 ? 1 : 0;
            odd += bytes[i + 1] == 0 ? 1 : 0;
        }

        var pairs = bytes.Length / 2;
        return pairs < 2 ? null
            : odd * 10 > pairs * 4 && even * 50 < pairs ? "utf-16le"
            : even * 10 > pairs * 4 && odd * 50 < pairs ? "utf-16be"
            : null;
    }

    /// <summary>Bytes at the end that begin a character whose rest is beyond the sample.</summary>
    private static int IncompleteTail(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= 3 && back <= bytes.Length; back++)
        {
            var b = bytes[^back];
            if (b >= 0xC0)
            {
                var length = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
                return length > back ? back : 0;
            }

            if (b < 0x80)
            {
                return 0;
            }
        }

        return 0;
    }
}

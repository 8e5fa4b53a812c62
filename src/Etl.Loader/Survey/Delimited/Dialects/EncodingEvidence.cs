using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Etl.Loader.Survey.Delimited.Encodings;

namespace Etl.Loader.Survey.Delimited.Dialects;

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

        // Letters of another encoding make a character of UTF-8 only by chance: where there are such, it is UTF-8 with some damage, or no one can say.
        var (characters, invalid) = CountUtf8(text);
        if (characters > invalid)
        {
            return new(Utf8Name, 0, true);
        }

        // The sample may end within a character of two bytes.
        var lines = whole ? text : text[..(text.LastIndexOf((byte)'\n') is > 0 and var end ? end : text.Length)];
        var verdict = EncodingVerdict.Of(EncodedWords.Of(lines));
        if (verdict.Word is null && verdict.Likeliest.Count == 0)
        {
            verdict = EncodingVerdict.Of(EncodedWords.Of(text));
        }

        return new(characters > 0 && verdict.Name == Windows1252 ? null : verdict.Name, 0, true) { Verdict = verdict };
    }

    /// <summary>What the words say where it is not Unicode; null: it is.</summary>
    public EncodingVerdict? Verdict { get; init; }

    /// <summary>Where the bytes speak for none.</summary>
    public DatasetException Refusal(string file) => Verdict is { Name: null } unclear ? unclear.Refusal(file) : new(
        $"{file} mixes valid and invalid UTF-8 in about equal numbers; its encoding is not clear.",
        "Deliver it in one encoding, or write \"dialect\": {\"encoding\": \"windows-1252\"} in the trigger if that is what it is.",
        file);

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

using System.Text;
using Etl.Loader.Survey.Streams;

namespace Etl.Loader.Survey.JsonLines;

/// <summary>What JSON lines files have in common as texts: encoding, blank lines, raw text for people.</summary>
internal static class JsonText
{
    public const string Utf8 = "utf-8";

    /// <summary>More of a damaged line is not kept; its byte range says where the rest is.</summary>
    private const int MaxRaw = 64 * 1024;

    /// <summary>The encoding that the producer names, or UTF-16 by its byte order mark, otherwise UTF-8: others cannot be recognised from the text.</summary>
    public static string EncodingOf(SourceFile file, DialectSpec? dialect)
    {
        if (dialect?.Encoding is { } named)
        {
            var name = named.ToLowerInvariant() is "utf8" ? Utf8 : named.ToLowerInvariant();
            return Utf8DecodingStream.Knows(name)
                ? name
                : throw new LoaderException($"The encoding '{named}' is not known.", "Use its IANA name: utf-8, utf-16le, windows-1252, …");
        }

        using var text = DataStreams.OpenDecompressed(file, out _, out Func<long> _);
        Span<byte> mark = stackalloc byte[2];
        return text.ReadAtLeast(mark, 2, throwOnEndOfStream: false) < 2 ? Utf8 : mark switch
        {
            [0xFF, 0xFE] => "utf-16le",
            [0xFE, 0xFF] => "utf-16be",
            _ => Utf8,
        };
    }

    public static Stream Decode(Stream bytes, string encoding) => encoding == Utf8 ? bytes : new Utf8DecodingStream(bytes, encoding);

    /// <summary>Drops a byte order mark from the first line, and the blanks at the end of every line (a carriage return is one).</summary>
    public static (int Start, int Length) Trim(JsonLineReader lines)
    {
        var line = lines.Buffer.AsSpan(lines.Start, lines.Length);
        var mark = lines.Offset == 0 && line.StartsWith("\uFEFF"u8) ? 3 : 0;
        return (lines.Start + mark, line[mark..].TrimEnd(" \t\r"u8).Length);
    }

    /// <summary>The first 100 characters.</summary>
    public static string Shorten(ReadOnlySpan<byte> text)
    {
        var shown = Encoding.UTF8.GetString(text[..Math.Min(text.Length, 400)]);
        return shown.Length <= 100 ? shown : shown[..100];
    }

    /// <summary>Text that a reject can keep: what is not UTF-8 and NUL are shown as replacement characters.</summary>
    public static string Raw(ReadOnlySpan<byte> record) =>
        Encoding.UTF8.GetString(record[..Math.Min(record.Length, MaxRaw)]).Replace('\0', '\uFFFD');
}

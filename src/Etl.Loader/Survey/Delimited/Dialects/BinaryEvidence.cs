namespace Etl.Loader.Survey.Delimited.Dialects;

/// <summary>What a file is that is not text, by its first bytes.</summary>
internal static class BinaryEvidence
{
    /// <summary>Of a thousand bytes. Random ones have some 100; text has one now and then, where it is damaged.</summary>
    private const int MostControls = 20;

    /// <param name="decodable">True: the bytes speak for an encoding, and controls among them may be delimiters.</param>
    /// <returns>With an article, for people; null: it may be text.</returns>
    public static string? Of(ReadOnlySpan<byte> bytes, bool decodable) =>
        KindOf(bytes) ?? (!decodable && HasManyControls(bytes) ? "a binary file" : null);

    /// <summary>By the signatures that file(1) knows.</summary>
    private static string? KindOf(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [(byte)'P', (byte)'K', 3, 4, ..] => "a ZIP archive or a workbook",
        [0xD0, 0xCF, 0x11, 0xE0, ..] => "an old Excel workbook",
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', (byte)'-', ..] => "a PDF document",
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x31, 0x41, 0x59, 0x26, ..] => "a file compressed by bzip2",
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => "a file compressed by xz",
        [0x04, 0x22, 0x4D, 0x18, ..] => "a file compressed by lz4",
        [(byte)'7', (byte)'z', 0xBC, 0xAF, ..] => "a 7-Zip archive",
        [(byte)'O', (byte)'b', (byte)'j', 1, ..] => "an Avro file",
        // The fifth byte begins the header of the first page; a text may begin with the letters too.
        [(byte)'P', (byte)'A', (byte)'R', (byte)'1', 0x15, ..] => "a Parquet file",
        _ when bytes.StartsWith("ARROW1\0\0"u8) => "an Arrow file",
        _ when bytes.StartsWith("SQLite format 3\0"u8) => "an SQLite database",
        _ => null,
    };

    /// <summary>Whether there are many controls that no text has: all but tab, line ends, form feed, end of file and escape.</summary>
    private static bool HasManyControls(ReadOnlySpan<byte> bytes)
    {
        var found = 0;
        foreach (var b in bytes)
        {
            found += b is < 0x09 or 0x0B or (> 0x0D and < 0x20 and not 0x1A and not 0x1B) ? 1 : 0;
        }

        return found * 1000L > (long)bytes.Length * MostControls;
    }
}

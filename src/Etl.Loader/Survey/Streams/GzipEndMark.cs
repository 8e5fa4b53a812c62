using System.IO.Compression;

namespace Etl.Loader.Survey.Streams;

/// <summary>The gzip member that <see cref="GzipDataStream"/> puts behind a delivered file.</summary>
internal static class GzipEndMark
{
    /// <summary>
    /// Long enough not to be met by chance, and compressible: its bytes must not be in the member as they are, or a block of stored
    /// bytes that is cut short would take the member for its own last bytes and give the mark away.
    /// </summary>
    private static readonly byte[] ContentBytes =
        "etl-loader end of delivered gzip etl-loader end of delivered gzip 7d1c5a9e etl-loader end of delivered gzip"u8.ToArray();

    private static readonly byte[] MemberBytes = Compress();

    public static ReadOnlySpan<byte> Content => ContentBytes;

    public static ReadOnlySpan<byte> Member => MemberBytes;

    private static byte[] Compress()
    {
        using var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.SmallestSize))
        {
            gzip.Write(ContentBytes);
        }

        return member.ToArray();
    }
}

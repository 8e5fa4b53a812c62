using System.IO.Compression;

namespace Etl.Loader.Fuzz.Generation;

/// <summary>Files as compressors of producers leave them.</summary>
internal static class Compression
{
    public static GeneratedFile Apply(string? extension, GeneratedFile file) => extension switch
    {
        ".gz" => file with { Bytes = Gzip(file.Bytes) },
        ".zst" => file with { Bytes = Zstd(file.Bytes) },
        _ => file,
    };

    private static byte[] Gzip(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }

    private static byte[] Zstd(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var zstd = new ZstdSharp.CompressionStream(compressed, leaveOpen: true))
        {
            zstd.Write(content);
        }

        return compressed.ToArray();
    }
}

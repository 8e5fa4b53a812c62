using System.IO.Compression;
using Etl.Loader.Survey;

namespace Etl.Loader.Tests.Survey.Formats;

/// <summary>A directory of data files that goes with the test.</summary>
public sealed class DataFiles : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("etl-formats-");

    public string FullName => _directory.FullName;

    public void Dispose() => _directory.Delete(recursive: true);

    internal SourceFile Write(string name, byte[] content)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllBytes(path, content);
        return new SourceFile(name, path);
    }

    internal SourceFile Write(string name, string content) => Write(name, System.Text.Encoding.UTF8.GetBytes(content));

    internal static byte[] Gzip(byte[] content, CompressionLevel level = CompressionLevel.Optimal)
    {
        if (content.Length == 0)
        {
            // The framework writes nothing at all for nothing; gzip writes this.
            return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        }

        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, level))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }

    internal static byte[] Zstd(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var zstd = new ZstdSharp.CompressionStream(compressed))
        {
            zstd.Write(content);
        }

        return compressed.ToArray();
    }

    /// <summary>Half noise, half text: compresses, but not away.</summary>
    internal static byte[] Content(int length, int seed)
    {
        var content = new byte[length];
        var random = new Random(seed);
        for (var i = 0; i < length; i++)
        {
            content[i] = i % 2 == 0 ? (byte)'a' : (byte)random.Next(32, 127);
        }

        return content;
    }
}

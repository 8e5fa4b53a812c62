using Etl.Loader.Files;
using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Survey.Streams;

/// <summary>
/// Opens data files. Whether one is compressed is recognised by its first bytes, never by its name. A compressed file that ends early, is damaged
/// or has something else behind it is a <see cref="DatasetException"/>: every byte up to the end is vouched for before the last Read gives 0.
/// </summary>
internal static class DataStreams
{
    public const string None = "none";
    public const string Gzip = "gzip";
    public const string Zstd = "zstd";

    /// <param name="compression">"none", "gzip" or "zstd".</param>
    /// <param name="deliveredBytesRead">How many bytes of the file as delivered have been read so far.</param>
    public static Stream OpenDecompressed(string path, out string compression, out Func<long> deliveredBytesRead) =>
        OpenDecompressed(new SourceFile(Path.GetFileName(path), path), out compression, out deliveredBytesRead);

    /// <inheritdoc cref="OpenDecompressed(string, out string, out Func{long})"/>
    public static Stream OpenDecompressed(SourceFile file, out string compression, out Func<long> deliveredBytesRead)
    {
        var delivered = new CountingStream(OpenDelivered(file, out compression));
        deliveredBytesRead = () => delivered.BytesRead;
        return Decompress(delivered, file.Name, compression);
    }

    /// <summary>The same for a survey: <paramref name="delivered"/> hashes what is read.</summary>
    public static Stream OpenDecompressed(SourceFile file, out string compression, out HashingStream delivered)
    {
        delivered = new HashingStream(OpenDelivered(file, out compression));
        return Decompress(delivered, file.Name, compression);
    }

    /// <summary>The bytes as delivered, for one reader from the front; a file that is not there or not readable is named.</summary>
    public static FileStream OpenRaw(SourceFile file)
    {
        var handle = OpenHandle(file);
        SequentialReading.Advise(handle);

        // No buffer in between: readers bring their own, of many kilobytes.
        return new FileStream(handle, FileAccess.Read, bufferSize: 0);
    }

    /// <summary>The file itself, whatever its name leads to by now.</summary>
    public static SafeFileHandle OpenHandle(SourceFile file)
    {
        try
        {
            return file.Open();
        }
        catch (Exception exception) when (exception is FileChangedException or SymbolicLinkException or NotRegularFileException)
        {
            throw new DatasetException(
                $"{file.Name} was changed or replaced after its load began: {exception.Message}",
                "If it is a new delivery, its own trigger loads it; otherwise deliver it again as a regular file and do not change it afterwards.",
                file.Name,
                inner: exception);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DatasetException($"{file.Name} no longer exists.", "Deliver it again.", file.Name, inner: exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new DatasetException(
                $"{file.Name} cannot be read: {exception.Message}",
                "Give the loader's user permission to read it, then requeue the load.",
                file.Name,
                inner: exception);
        }
    }

    private static FileStream OpenDelivered(SourceFile file, out string compression)
    {
        var stream = OpenRaw(file);
        try
        {
            Span<byte> magic = stackalloc byte[4];
            magic = magic[..stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false)];
            compression = CompressionOf(magic);
            stream.Position = 0;
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static string CompressionOf(ReadOnlySpan<byte> magic)
    {
        if (magic is [0x1F, 0x8B, ..])
        {
            return Gzip;
        }

        // A zstd frame, or one of the skippable frames that parallel compressors put before it.
        return magic is [0x28, 0xB5, 0x2F, 0xFD] or [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18] ? Zstd : None;
    }

    private static Stream Decompress(Stream delivered, string name, string compression) => compression switch
    {
        Gzip => new GzipDataStream(delivered, name),
        Zstd => new ZstdDataStream(delivered, name),
        _ => delivered,
    };
}

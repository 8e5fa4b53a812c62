using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Etl.Loader.App.Delivery;

/// <summary>
/// The producer's side done right: the data under a temporary name, flushed to disk, renamed; then the trigger in the same way. Whoever dies
/// in between leaves no trigger over half a file.
/// </summary>
internal static class DatasetDelivery
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Copies the file into the directory and triggers it. Returns the path of the delivered file.</summary>
    public static async Task<string> DeliverAsync(
        string file, string directory, string name, JsonObject manifest, IProgress<long>? progress, CancellationToken token)
    {
        var destination = Path.Combine(directory, name);
        var temporary = Path.Combine(directory, $".{name}.{Path.GetRandomFileName()}.part");
        try
        {
            var (bytes, sha256) = await CopyAsync(file, temporary, progress, token);
            File.Move(temporary, destination, overwrite: true);
            manifest["expect"] = new JsonObject { ["bytes"] = bytes, ["sha256"] = sha256 };
        }
        finally
        {
            File.Delete(temporary);
        }

        await WriteTriggerAsync(destination, manifest, token);
        return destination;
    }

    /// <summary>Writes <c>FILE.trigger</c>, whole at the moment it appears; empty where the manifest says nothing.</summary>
    public static async Task WriteTriggerAsync(string file, JsonObject manifest, CancellationToken token)
    {
        var temporary = Path.Combine(Path.GetDirectoryName(file)!, $".{Path.GetFileName(file)}.{Path.GetRandomFileName()}.part");
        try
        {
            await using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                if (manifest.Count > 0)
                {
                    await JsonSerializer.SerializeAsync(stream, manifest, cancellationToken: token);
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, file + ".trigger", overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static async Task<(long Bytes, string Sha256)> CopyAsync(string from, string to, IProgress<long>? progress, CancellationToken token)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan | FileOptions.Asynchronous);
        await using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        var buffer = new byte[BufferBytes];
        long bytes = 0;
        for (int read; (read = await source.ReadAsync(buffer, token)) > 0; bytes += read, progress?.Report(bytes))
        {
            hash.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), token);
        }

        target.Flush(flushToDisk: true);
        return (bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}

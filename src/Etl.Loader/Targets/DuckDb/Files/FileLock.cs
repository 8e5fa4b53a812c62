using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Targets.DuckDb.Files;

/// <summary>
/// The operating system's lock beside a database file that makes one process its lane's only server on this host. It goes with the process,
/// however that ends, and stays with a frozen one, as it must.
/// </summary>
internal sealed partial class FileLock : IDisposable
{
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <exception cref="DuckDbUnavailableException">Another process serves the lane; the message names it.</exception>
    public static FileLock Take(string target, string databasePath, string holder)
    {
        var path = databasePath + ".etl-loader.lock";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.SetLength(0);
            file.Write(Encoding.UTF8.GetBytes(holder + "\n"));
            file.Flush(flushToDisk: false);
            return new FileLock(file);
        }
        catch (IOException exception)
        {
            throw new DuckDbUnavailableException(
                $"Target '{target}': the lane of {databasePath} is served by {HolderIn(path) ?? "another process"}; only one process serves a DuckDB file.",
                "This process takes over when that one ends; end it if it hangs.",
                exception);
        }
    }

    public void Dispose() => _file.Dispose();

    // Opening a FileStream would ask for the lock that the holder has, so the holder's name is read through a plain descriptor.
    private static string? HolderIn(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        using var handle = new SafeFileHandle(OpenReadOnly(path, 0), ownsHandle: true);
        if (handle.IsInvalid)
        {
            return null;
        }

        var buffer = new byte[300];
        var text = Encoding.UTF8.GetString(buffer, 0, RandomAccess.Read(handle, buffer, 0)).Trim();
        return text.Length == 0 ? null : text;
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenReadOnly(string path, int flags);
}

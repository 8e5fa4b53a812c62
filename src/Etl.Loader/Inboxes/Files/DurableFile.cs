using System.Runtime.InteropServices;

namespace Etl.Loader.Inboxes.Files;

/// <summary>Makes a rename last over a power cut: the directory that holds the name has to reach the disk too.</summary>
internal static partial class DurableFile
{
    /// <summary>Does nothing where directories cannot be flushed (Windows writes them through).</summary>
    public static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const int readOnly = 0;
        var descriptor = Open(directory, readOnly);
        if (descriptor < 0)
        {
            throw Errno.ToException(Marshal.GetLastPInvokeError(), directory);
        }

        try
        {
            if (Flush(descriptor) != 0)
            {
                throw Errno.ToException(Marshal.GetLastPInvokeError(), directory);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}

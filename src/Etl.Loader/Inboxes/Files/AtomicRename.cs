using System.Runtime.InteropServices;

namespace Etl.Loader.Inboxes.Files;

/// <summary>rename(2) itself: atomic, replaces what is there, never falls back to copying, does not follow a link.</summary>
internal static partial class AtomicRename
{
    /// <summary>False when there is nothing at <paramref name="from"/>: somebody else was first. Throws for all else.</summary>
    public static bool Try(string from, string to)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                File.Move(from, to, overwrite: true);
                return true;
            }
            catch (FileNotFoundException)
            {
                return false;
            }
        }

        if (Rename(from, to) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == Errno.NoEntry ? false : throw Errno.ToException(error, from);
    }

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);
}

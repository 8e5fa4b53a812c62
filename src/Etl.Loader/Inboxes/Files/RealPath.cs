using System.Runtime.InteropServices;
using Etl.Loader.Files;

namespace Etl.Loader.Inboxes.Files;

/// <summary>Resolves every symbolic link of a path, those of its directories too: only such a path can be compared with the inbox's own.</summary>
internal static partial class RealPath
{
    /// <summary>Null when the path, or what a link on it points to, does not exist.</summary>
    public static string? Of(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            var info = new FileInfo(Path.GetFullPath(path));
            var target = info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? info.FullName;
            return File.Exists(target) || Directory.Exists(target) ? target : null;
        }

        var resolved = Resolve(path, 0);
        if (resolved != 0)
        {
            try
            {
                return Marshal.PtrToStringUTF8(resolved);
            }
            finally
            {
                Free(resolved);
            }
        }

        var error = Marshal.GetLastPInvokeError();
        return Errno.MeansNothingThere(error) ? null : throw Errno.ToException(error, path);
    }

    /// <summary>True when <paramref name="path"/> lies below <paramref name="root"/>; both are real paths.</summary>
    public static bool IsBelow(string path, string root) =>
        path.StartsWith(root.EndsWith(Path.DirectorySeparatorChar) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    [LibraryImport("libc", EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Resolve(string path, nint buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(nint memory);
}

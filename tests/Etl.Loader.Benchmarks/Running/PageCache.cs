using System.Runtime.InteropServices;

namespace Etl.Loader.Benchmarks.Running;

/// <summary>The kernel's memory of what files contain.</summary>
internal static partial class PageCache
{
    private const int DontNeed = 4;

    /// <summary>Makes the next reader of a file fetch it from the disk.</summary>
    public static void Drop(string path)
    {
        using var file = File.OpenHandle(path);
        var error = Advise(file, 0, 0, DontNeed);
        if (error != 0)
        {
            throw new IOException($"{path} cannot be dropped from the page cache: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
    }

    /// <summary>Has the whole file in memory.</summary>
    public static async Task FillAsync(string path, CancellationToken token)
    {
        await using var file = File.OpenRead(path);
        await file.CopyToAsync(Stream.Null, 1 << 20, token);
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeHandle file, nint offset, nint length, int advice);
}

using System.Runtime.InteropServices;
using Etl.Loader.Files;
using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>The system calls of inotify(7), and nothing more.</summary>
internal static partial class Inotify
{
    [Flags]
    public enum Mask : uint
    {
        MovedFrom = 0x40,
        MovedTo = 0x80,
        CloseWrite = 0x8,
        Create = 0x100,
        DeleteSelf = 0x400,
        MoveSelf = 0x800,
        Unmounted = 0x2000,
        QueueOverflow = 0x4000,
        Ignored = 0x8000,
        OnlyDirectories = 0x1000000,
        IsDirectory = 0x40000000,
    }

    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;

    public static SafeFileHandle Open() => InotifyInit(CloseOnExec | NonBlocking);

    public static SafeFileHandle OpenSignal() => EventFd(0, CloseOnExec | NonBlocking);

    /// <summary>The watch, or -1 with the error as last P/Invoke error.</summary>
    public static int Add(SafeFileHandle inotify, string path, Mask mask) => AddWatch(inotify, path, (uint)mask);

    public static void Remove(SafeFileHandle inotify, int watch) => _ = RemoveWatch(inotify, watch);

    /// <summary>Waits until the first has something to read (true) or the second was raised (false).</summary>
    public static bool WaitForEither(SafeFileHandle events, SafeFileHandle stop)
    {
        const short readable = 1;
        Span<PollEntry> entries =
        [
            new() { Descriptor = (int)events.DangerousGetHandle(), Wanted = readable },
            new() { Descriptor = (int)stop.DangerousGetHandle(), Wanted = readable },
        ];
        while (Poll(entries, 2, -1) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Errno.Interrupted)
            {
                throw Errno.ToException(error, "poll");
            }
        }

        return entries[1].Happened == 0;
    }

    /// <summary>Bytes read; 0 when there are none now.</summary>
    public static int Read(SafeFileHandle events, Span<byte> buffer)
    {
        var count = (int)ReadBytes(events, buffer, (nuint)buffer.Length);
        if (count >= 0)
        {
            return count;
        }

        var error = Marshal.GetLastPInvokeError();
        return error is Errno.Again or Errno.Interrupted ? 0 : throw Errno.ToException(error, "inotify");
    }

    public static void Raise(SafeFileHandle signal)
    {
        ReadOnlySpan<byte> one = [1, 0, 0, 0, 0, 0, 0, 0];
        _ = WriteBytes(signal, one, (nuint)one.Length);
    }

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial SafeFileHandle InotifyInit(int flags);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial SafeFileHandle EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddWatch(SafeFileHandle inotify, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)]
    private static partial int RemoveWatch(SafeFileHandle inotify, int watch);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(Span<PollEntry> entries, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadBytes(SafeFileHandle descriptor, Span<byte> buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteBytes(SafeFileHandle descriptor, ReadOnlySpan<byte> buffer, nuint count);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;
    }
}

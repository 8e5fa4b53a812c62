using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Files;

internal enum FileKind
{
    Regular,
    Directory,
    SymbolicLink,

    /// <summary>Pipe, socket or device: opening one could block forever or never end.</summary>
    Special,
}

/// <summary>What a file is, without opening it and without following a link at the path's end.</summary>
internal readonly partial record struct FileStat(FileKind Kind, long Bytes, DateTimeOffset ModifiedAt)
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;

    private static readonly long FirstSecond = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    private const int TypeMask = 0xF000;
    private const int TypeDirectory = 0x4000;
    private const int TypeRegular = 0x8000;
    private const int TypeLink = 0xA000;

    /// <summary>Device and inode: the same only while it is the same file or directory. Default where the system does not report.</summary>
    public (uint Major, uint Minor, ulong Inode) Place { get; init; }

    /// <summary>Number of the user who owns it; 0 where the system does not report.</summary>
    public uint Owner { get; init; }

    /// <summary>True while the one is the other, unchanged: device, inode, size and time.</summary>
    public bool IsSameAs(FileStat other) =>
        Kind == other.Kind && Bytes == other.Bytes && ModifiedAt == other.ModifiedAt && Place == other.Place;

    /// <summary>Null when there is nothing at the path. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> otherwise.</summary>
    public static FileStat? Of(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return OfAny(path);
        }

        return StatX(CurrentDirectory, path, NoFollow, BasicStats, out var stat) == 0 ? From(in stat) : NothingOrThrow(path);
    }

    /// <summary>What is open: no one can exchange it any more.</summary>
    public static FileStat Of(SafeFileHandle open, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return OfAny(path) ?? throw new FileNotFoundException($"{path} is gone.", path);
        }

        return StatX(open, "", EmptyPath, BasicStats, out var stat) == 0
            ? From(in stat)
            : throw Errno.ToException(Marshal.GetLastPInvokeError(), path);
    }

    /// <summary>Null when the directory has nothing of that name.</summary>
    internal static FileStat? At(SafeFileHandle directory, string name) =>
        StatX(directory, name, NoFollow, BasicStats, out var stat) == 0 ? From(in stat) : NothingOrThrow(name);

    private static FileStat? NothingOrThrow(string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return Errno.MeansNothingThere(error) ? null : throw Errno.ToException(error, path);
    }

    private static FileStat From(in Buffer stat)
    {
        var kind = (stat.Mode & TypeMask) switch
        {
            TypeRegular => FileKind.Regular,
            TypeDirectory => FileKind.Directory,
            TypeLink => FileKind.SymbolicLink,
            _ => FileKind.Special,
        };

        // Some file systems keep any time that someone sets; ours end with the year 9999.
        var seconds = Math.Clamp(stat.ModifiedSeconds, FirstSecond, LastSecond);
        var modified = DateTimeOffset.UnixEpoch.AddSeconds(seconds).AddTicks(stat.ModifiedNanoseconds / 100);
        return new FileStat(kind, (long)stat.Size, modified) { Place = (stat.DeviceMajor, stat.DeviceMinor, stat.Inode), Owner = stat.Owner };
    }

    private static FileStat? OfAny(string path)
    {
        var info = new FileInfo(path);
        if (info.LinkTarget is not null)
        {
            return new FileStat(FileKind.SymbolicLink, 0, info.LastWriteTimeUtc);
        }

        return info.Exists ? new FileStat(FileKind.Regular, info.Length, info.LastWriteTimeUtc)
            : Directory.Exists(path) ? new FileStat(FileKind.Directory, 0, Directory.GetLastWriteTimeUtc(path))
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint mask, out Buffer buffer);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(SafeFileHandle directory, string path, int flags, uint mask, out Buffer buffer);

    /// <summary>The kernel's statx structure; the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Buffer
    {
        [FieldOffset(20)]
        public uint Owner;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(112)]
        public long ModifiedSeconds;

        [FieldOffset(120)]
        public uint ModifiedNanoseconds;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}

using System.Runtime.InteropServices;

namespace Etl.Loader.Inboxes.Files;

internal enum FileKind
{
    Regular,
    Directory,
    SymbolicLink,

    /// <summary>Pipe, socket or device: opening one could block for ever or never end.</summary>
    Special,
}

/// <summary>What a file is, without opening it and without following a link at the path's end.</summary>
internal readonly partial record struct FileStat(FileKind Kind, long Bytes, DateTimeOffset ModifiedAt)
{
    /// <summary>Device and inode: the same only while it is the same file or directory. Default where the system does not tell.</summary>
    public (uint Major, uint Minor, ulong Inode) Place { get; init; }

    private const int TypeMask = 0xF000;
    private const int TypeDirectory = 0x4000;
    private const int TypeRegular = 0x8000;
    private const int TypeLink = 0xA000;

    /// <summary>Null when there is nothing at the path. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> otherwise.</summary>
    public static FileStat? Of(string path) => OperatingSystem.IsLinux() ? OfLinux(path) : OfAny(path);

    private static FileStat? OfLinux(string path)
    {
        const int currentDirectory = -100;
        const int noFollow = 0x100;
        const uint basicStats = 0x7ff;
        if (StatX(currentDirectory, path, noFollow, basicStats, out var stat) == 0)
        {
            var kind = (stat.Mode & TypeMask) switch
            {
                TypeRegular => FileKind.Regular,
                TypeDirectory => FileKind.Directory,
                TypeLink => FileKind.SymbolicLink,
                _ => FileKind.Special,
            };
            var modified = DateTimeOffset.UnixEpoch.AddSeconds(stat.ModifiedSeconds).AddTicks(stat.ModifiedNanoseconds / 100);
            return new FileStat(kind, (long)stat.Size, modified) { Place = (stat.DeviceMajor, stat.DeviceMinor, stat.Inode) };
        }

        var error = Marshal.GetLastPInvokeError();
        return Errno.MeansNothingThere(error) ? null : throw Errno.ToException(error, path);
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

    /// <summary>The kernel's statx structure; the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Buffer
    {
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

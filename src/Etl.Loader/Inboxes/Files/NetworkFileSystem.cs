using System.Runtime.InteropServices;

namespace Etl.Loader.Inboxes.Files;

/// <summary>Recognises file systems whose changes may come from other hosts: no event is raised here for those.</summary>
internal static partial class NetworkFileSystem
{
    /// <summary>The kind for people ("NFS"); null for local ones and where it cannot be determined.</summary>
    public static string? KindOf(string path)
    {
        Span<long> buffer = stackalloc long[64];
        return OperatingSystem.IsLinux() && Environment.Is64BitProcess && Query(path, buffer) == 0 ? Name(buffer[0]) : null;
    }

    /// <summary>By the magic numbers of statfs(2).</summary>
    internal static string? Name(long magic) => (uint)magic switch
    {
        0x6969 => "NFS",
        0x517B or 0xFF534D42 or 0xFE534D42 => "SMB",
        0x65735546 => "FUSE",
        0x01021997 => "9P",
        0x00C36400 => "Ceph",
        0x0BD00BD0 => "Lustre",
        0x01161970 => "GFS2",
        _ => null,
    };

    [LibraryImport("libc", EntryPoint = "statfs", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Query(string path, Span<long> buffer);
}

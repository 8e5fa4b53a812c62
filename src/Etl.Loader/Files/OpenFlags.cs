using System.Runtime.InteropServices;

namespace Etl.Loader.Files;

/// <summary>The flags of open(2). Two of them have other numbers on ARM and PowerPC than elsewhere.</summary>
internal static class OpenFlags
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    /// <summary>A handle that names a place and reads nothing: it needs no right to read there.</summary>
    public const int PlaceOnly = 0x200000;

    private static readonly bool Swapped =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le;

    public static readonly int DirectoryOnly = Swapped ? 0x4000 : 0x10000;

    /// <summary>Fails where the last part of the path is a symbolic link.</summary>
    public static readonly int NoFollow = Swapped ? 0x8000 : 0x20000;
}

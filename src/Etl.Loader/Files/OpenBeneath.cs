using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Files;

/// <summary>
/// Opens a path that begins at a directory and can lead nowhere else, whatever is exchanged meanwhile: no <c>..</c>, no absolute path, no symbolic link in
/// any part. One call where the kernel has openat2 (5.6); otherwise one call for each part, each from the handle of the one before.
/// </summary>
internal static class OpenBeneath
{
    private const ulong ResolveNoMagicLinks = 0x02;
    private const ulong ResolveNoSymlinks = 0x04;
    private const ulong ResolveBeneath = 0x08;

    /// <summary>How often the kernel may say that someone renamed something meanwhile, before each part is opened on its own.</summary>
    private const int Tries = 4;

    private static volatile bool _kernelCannot;

    /// <summary>Null with the error number where it cannot be opened; a link in the path gives <see cref="Errno.LinkLoop"/>.</summary>
    public static SafeFileHandle? TryOpen(SafeFileHandle directory, string path, int flags, out int error)
    {
        if (_kernelCannot)
        {
            return TryWalk(directory, path, flags, out error);
        }

        var opened = TryKernel(directory, path, flags, out error);
        switch (error)
        {
            case Errno.NoSystemCall:
                _kernelCannot = true;
                return TryWalk(directory, path, flags, out error);

            // A sandbox that is older than the call refuses it; the walk says whether it was the file after all.
            case Errno.NotPermitted or Errno.Again:
                return TryWalk(directory, path, flags, out error);
            default:
                return opened;
        }
    }

    internal static SafeFileHandle? TryKernel(SafeFileHandle directory, string path, int flags, out int error)
    {
        var how = new SystemCalls.OpenHow
        {
            // Without O_NOFOLLOW, under which a handle of a link itself would be given.
            Flags = (ulong)(flags | OpenFlags.CloseOnExec),
            Resolve = ResolveBeneath | ResolveNoSymlinks | ResolveNoMagicLinks,
        };
        error = 0;
        for (var tries = 0; tries < Tries;)
        {
            var opened = SystemCalls.OpenAt2(directory, path, in how);
            if (opened >= 0)
            {
                error = 0;
                return new SafeFileHandle(opened, ownsHandle: true);
            }

            error = Marshal.GetLastPInvokeError();
            if (error == Errno.Again)
            {
                tries++;
            }
            else if (error != Errno.Interrupted)
            {
                // Beneath the directory by its text alone: what leads elsewhere is a link.
                error = error == Errno.CrossDevice ? Errno.LinkLoop : error;
                return null;
            }
        }

        return null;
    }

    internal static SafeFileHandle? TryWalk(SafeFileHandle directory, string path, int flags, out int error)
    {
        SafeFileHandle? parent = null;
        try
        {
            var parts = path.Split('/');
            for (var i = 0; i < parts.Length; i++)
            {
                if (parts[i] is "" or "." or "..")
                {
                    error = Errno.LinkLoop;
                    return null;
                }

                var last = i == parts.Length - 1;
                var next = TryPart(parent ?? directory, parts[i], last ? flags : OpenFlags.PlaceOnly | OpenFlags.DirectoryOnly, out error);
                if (next is null || last)
                {
                    return next;
                }

                parent?.Dispose();
                parent = next;
            }

            error = Errno.NoEntry;
            return null;
        }
        finally
        {
            parent?.Dispose();
        }
    }

    private static SafeFileHandle? TryPart(SafeFileHandle directory, string name, int flags, out int error)
    {
        int opened;
        do
        {
            opened = SystemCalls.OpenAt(directory, name, flags | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0);
            error = opened < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (error == Errno.Interrupted);
        if (opened >= 0)
        {
            return new SafeFileHandle(opened, ownsHandle: true);
        }

        // Where a directory is wanted, the kernel calls a link no directory.
        error = error == Errno.NotDirectory && FileStat.At(directory, name) is { Kind: FileKind.SymbolicLink } ? Errno.LinkLoop : error;
        return null;
    }
}

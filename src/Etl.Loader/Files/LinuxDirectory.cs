using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Files;

/// <summary>See <see cref="DirectoryHandle"/>: the calls that take a directory's handle.</summary>
internal sealed class LinuxDirectory : DirectoryHandle
{
    private const int RemoveDirectory = 0x200;
    private const int EmptyPath = 0x1000;
    private const uint NoReplace = 1;
    private const int LongestLink = 4096;

    private static readonly int Place = OpenFlags.PlaceOnly | OpenFlags.DirectoryOnly | OpenFlags.CloseOnExec;

    private readonly SafeFileHandle _handle;

    /// <summary>The name by which people know it, for messages.</summary>
    private readonly string _name;

    private LinuxDirectory(SafeFileHandle handle, string name) => (_handle, _name) = (handle, name);

    public override string Path => HandlePath.Of(_handle);

    public static LinuxDirectory OpenPath(string path)
    {
        int opened;
        int error;
        do
        {
            opened = SystemCalls.Open(path, Place, 0);
            error = opened < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (error == Errno.Interrupted);
        return opened >= 0 ? new LinuxDirectory(new SafeFileHandle(opened, ownsHandle: true), path)
            : Errno.MeansNothingThere(error) ? throw new DirectoryNotFoundException($"There is no directory {path}.")
            : throw Errno.ToException(error, path);
    }

    public override FileStat Stat() => FileStat.Of(_handle, _name);

    public override DirectoryHandle? TryDescend(string relative)
    {
        var opened = relative.Length == 0
            ? OpenSelf(Place, out var error)
            : OpenBeneath.TryOpen(_handle, relative, Place, out error);
        return opened is not null ? new LinuxDirectory(opened, Named(relative)) : NullOrThrow<DirectoryHandle>(error, relative);
    }

    public override FileStat? Stat(string relative)
    {
        var slash = relative.LastIndexOf('/');
        if (slash < 0)
        {
            return FileStat.At(_handle, relative);
        }

        using var parent = (LinuxDirectory?)TryDescend(relative[..slash]);
        return parent?.Stat(relative[(slash + 1)..]);
    }

    public override SafeFileHandle? TryOpenFile(string relative, out FileStat stat)
    {
        stat = default;
        var opened = OpenBeneath.TryOpen(_handle, relative, OpenFlags.ReadOnly | OpenFlags.NonBlocking, out var error);
        if (opened is null)
        {
            return NullOrThrow<SafeFileHandle>(error, relative);
        }

        try
        {
            stat = FileStat.Of(opened, relative);
            return RegularFile.Require(opened, stat, Named(relative));
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public override string? LinkText(string relative)
    {
        Span<byte> target = stackalloc byte[LongestLink];
        var length = (int)SystemCalls.ReadLinkAt(_handle, relative, target, LongestLink);
        return length < 0 ? null : Encoding.UTF8.GetString(target[..length]);
    }

    public override FileStream Create(string name, bool ownerOnly)
    {
        var mode = ownerOnly ? 0b110_000_000u : 0b110_110_110u;
        const int fresh = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.CloseOnExec;
        var opened = SystemCalls.OpenAt(_handle, name, fresh | OpenFlags.NoFollow, mode);
        if (opened < 0)
        {
            throw Errno.ToException(Marshal.GetLastPInvokeError(), Named(name));
        }

        return new FileStream(new SafeFileHandle(opened, ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }

    public override bool TryMake(string name, bool ownerOnly)
    {
        var made = SystemCalls.MakeDirectoryAt(_handle, name, ownerOnly ? 0b111_000_000u : 0b111_111_111u) == 0;
        var error = made ? 0 : Marshal.GetLastPInvokeError();
        return made || error == Errno.Exists ? made : throw Errno.ToException(error, Named(name));
    }

    public override bool TryRename(string from, DirectoryHandle to, string name, bool replace = true)
    {
        var target = ((LinuxDirectory)to)._handle;
        var done = replace ? SystemCalls.RenameAt(_handle, from, target, name) : SystemCalls.RenameAt2(_handle, from, target, name, NoReplace);
        var error = done == 0 ? 0 : Marshal.GetLastPInvokeError();
        if (!replace && error is Errno.InvalidArgument or Errno.NoSystemCall)
        {
            // A file system that cannot (NFS): looked at first.
            return to.Stat(name) is null && TryRename(from, to, name);
        }

        return error == 0 || (error is not (Errno.NoEntry or Errno.Exists) ? throw Errno.ToException(error, Named(from)) : false);
    }

    public override bool TryDelete(string name) => TryUnlink(name, 0);

    public override bool TryDeleteDirectory(string name) => TryUnlink(name, RemoveDirectory);

    public override void Give(uint user, uint group)
    {
        if (SystemCalls.ChangeOwnerAt(_handle, "", user, group, EmptyPath) != 0)
        {
            throw Errno.ToException(Marshal.GetLastPInvokeError(), _name);
        }
    }

    public override void Flush()
    {
        using var readable = OpenSelf(OpenFlags.ReadOnly | OpenFlags.DirectoryOnly, out var error);
        if (readable is null || SystemCalls.Flush(readable) != 0)
        {
            throw Errno.ToException(readable is null ? error : Marshal.GetLastPInvokeError(), _name);
        }
    }

    public override void Dispose() => _handle.Dispose();

    private SafeFileHandle? OpenSelf(int flags, out int error)
    {
        var opened = SystemCalls.OpenAt(_handle, ".", flags | OpenFlags.CloseOnExec, 0);
        error = opened < 0 ? Marshal.GetLastPInvokeError() : 0;
        return opened < 0 ? null : new SafeFileHandle(opened, ownsHandle: true);
    }

    private bool TryUnlink(string name, int flags)
    {
        var done = SystemCalls.UnlinkAt(_handle, name, flags) == 0;
        var error = done ? 0 : Marshal.GetLastPInvokeError();
        if (error == Errno.ReadOnlyFileSystem && Stat(name) is null)
        {
            // The kernel says so before it looks whether there is anything.
            return false;
        }

        return done || (error is Errno.NoEntry or Errno.NameTooLong ? false : throw Errno.ToException(error, Named(name)));
    }

    private T? NullOrThrow<T>(int error, string relative)
        where T : class =>
        error is Errno.NoEntry or Errno.NotDirectory or Errno.NameTooLong ? null : throw Errno.ToException(error, Named(relative));

    private string Named(string relative) => System.IO.Path.Combine(_name, relative);
}

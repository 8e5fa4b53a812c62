using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Files;

/// <summary>See <see cref="DirectoryHandle"/>: where the system has no calls that take a directory's handle, or we do not use them.</summary>
internal sealed class NamedDirectory : DirectoryHandle
{
    public NamedDirectory(string path) =>
        Path = Directory.Exists(path) ? path : throw new DirectoryNotFoundException($"There is no directory {path}.");

    public override string Path { get; }

    public override FileStat Stat() => FileStat.Of(Path) ?? throw new DirectoryNotFoundException($"There is no directory {Path}.");

    public override DirectoryHandle? TryDescend(string relative)
    {
        RefuseLinks(relative);
        return Directory.Exists(At(relative)) ? new NamedDirectory(At(relative)) : null;
    }

    public override FileStat? Stat(string relative) => FileStat.Of(At(relative));

    public override SafeFileHandle? TryOpenFile(string relative, out FileStat stat)
    {
        RefuseLinks(relative);
        stat = FileStat.Of(At(relative)) ?? default;
        return FileStat.Of(At(relative)) is null ? null : RegularFile.Open(At(relative), out stat);
    }

    public override string? LinkText(string relative) => new FileInfo(At(relative)).LinkTarget;

    public override FileStream Create(string name, bool ownerOnly) => new(At(name), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);

    public override bool TryMake(string name, bool ownerOnly)
    {
        if (FileStat.Of(At(name)) is not null)
        {
            return false;
        }

        Directory.CreateDirectory(At(name));
        return true;
    }

    public override bool TryRename(string from, DirectoryHandle to, string name, bool replace = true)
    {
        var (old, fresh) = (At(from), System.IO.Path.Combine(to.Path, name));
        if (FileStat.Of(old) is null || (!replace && FileStat.Of(fresh) is not null))
        {
            return false;
        }

        File.Move(old, fresh, replace);
        return true;
    }

    public override bool TryDelete(string name)
    {
        var there = FileStat.Of(At(name)) is not null;
        File.Delete(At(name));
        return there;
    }

    public override bool TryDeleteDirectory(string name)
    {
        var there = Directory.Exists(At(name));
        if (there)
        {
            Directory.Delete(At(name));
        }

        return there;
    }

    public override void Give(uint user, uint group)
    {
        // No one is switched to here.
    }

    public override void Flush()
    {
        // Written through.
    }

    public override void Dispose()
    {
        // Nothing is open.
    }

    private void RefuseLinks(string relative)
    {
        var parts = relative.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 1; i <= parts.Length; i++)
        {
            if (LinkText(string.Join('/', parts[..i])) is not null)
            {
                throw new SymbolicLinkException(At(relative));
            }
        }
    }

    private string At(string relative) => System.IO.Path.Combine(Path, relative);
}

namespace Etl.Loader.Files;

/// <summary>Directories that belong to the user of this process, who alone may enter them.</summary>
internal static class OwnDirectory
{
    /// <summary>Opens it, made where missing; throws <see cref="IOException"/> for a link, and for what another user owns.</summary>
    public static DirectoryHandle Make(string path)
    {
        using var parent = DirectoryHandle.Open(Path.GetDirectoryName(path)!);
        return Make(parent, Path.GetFileName(path), path);
    }

    /// <param name="path">For messages.</param>
    public static DirectoryHandle Make(DirectoryHandle parent, string name, string path)
    {
        parent.TryMake(name, ownerOnly: true);
        var made = parent.TryDescend(name) ?? throw new IOException($"{path} is not a directory. Remove it.");
        var stat = made.Stat();
        if (IsOurs(stat))
        {
            return made;
        }

        made.Dispose();
        throw new IOException($"{path} belongs to another user (number {stat.Owner}). Remove it, or choose another directory.");
    }

    /// <summary>Removes it with all that is in it, unless it is another user's or not a directory.</summary>
    public static void Remove(string path)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)))
        {
            return;
        }

        using var parent = DirectoryHandle.Open(Path.GetDirectoryName(path)!);
        if (parent.Stat(Path.GetFileName(path)) is { Kind: FileKind.Directory } stat && IsOurs(stat))
        {
            parent.DeleteTree(Path.GetFileName(path));
        }
    }

    public static bool IsOurs(FileStat stat) => !OperatingSystem.IsLinux() || stat.Owner == SystemCalls.EffectiveUser();
}

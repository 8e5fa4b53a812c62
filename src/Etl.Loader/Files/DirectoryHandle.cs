using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Files;

/// <summary>
/// An open directory. Everything that is done through it happens in that very directory, whatever its name leads to meanwhile, and no symbolic link is
/// followed: neither in the relative paths that it takes (with '/', without <c>..</c>), nor at their end. Elsewhere than on Linux names take the place of
/// handles, which protects from what is there and not from what is exchanged at that moment.
/// </summary>
/// <remarks>
/// Faults are <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>; a link is a <see cref="SymbolicLinkException"/>.
/// </remarks>
internal abstract class DirectoryHandle : IDisposable
{
    /// <summary>Leads to the open directory for calls that know only paths; valid until disposed.</summary>
    public abstract string Path { get; }

    /// <summary>The directory itself.</summary>
    public abstract FileStat Stat();

    /// <summary>
    /// Opens a directory by the operator's path, whose links are followed. Throws <see cref="DirectoryNotFoundException"/> where there is none.
    /// </summary>
    public static DirectoryHandle Open(string path) => OperatingSystem.IsLinux() ? LinuxDirectory.OpenPath(path) : new NamedDirectory(path);

    /// <summary>A directory below; the empty path is this one. Null where there is none.</summary>
    public abstract DirectoryHandle? TryDescend(string relative);

    /// <summary>Null when there is nothing. A link at the end is described, one on the way is a fault.</summary>
    public abstract FileStat? Stat(string relative);

    /// <summary>As <see cref="Stat(string)"/>; null also for what is behind a link.</summary>
    public FileStat? StatInside(string relative)
    {
        try
        {
            return Stat(relative);
        }
        catch (SymbolicLinkException)
        {
            return null;
        }
    }

    /// <summary>
    /// Opens a regular file for reading, without waiting: null when there is nothing. Anything else than a regular file is an <see cref="IOException"/>.
    /// </summary>
    /// <param name="stat">What was opened.</param>
    public abstract SafeFileHandle? TryOpenFile(string relative, out FileStat stat);

    /// <summary>The text of a symbolic link; null for what is none.</summary>
    public abstract string? LinkText(string relative);

    /// <summary>A new file of this name, for its owner only or for all that the process's umask lets in.</summary>
    public abstract FileStream Create(string name, bool ownerOnly);

    /// <summary>A new directory, as <see cref="Create"/> makes files; false when something of that name is there.</summary>
    public abstract bool TryMake(string name, bool ownerOnly);

    /// <summary>
    /// Renames atomically, never by copying. False when there is nothing at <paramref name="from"/> (someone else was first), or, with
    /// <paramref name="replace"/> false, when something is at <paramref name="name"/>.
    /// </summary>
    public abstract bool TryRename(string from, DirectoryHandle to, string name, bool replace = true);

    /// <summary>Removes a file or a link, never a directory. False when there is nothing.</summary>
    public abstract bool TryDelete(string name);

    /// <summary>Removes an empty directory. False when there is none.</summary>
    public abstract bool TryDeleteDirectory(string name);

    /// <summary>Gives the directory itself to a user. Does nothing where users have no numbers.</summary>
    public abstract void Give(uint user, uint group);

    /// <summary>Makes the names in the directory last over a power cut.</summary>
    public abstract void Flush();

    public abstract void Dispose();

    /// <summary>As <see cref="TryDescend"/>; makes what is missing.</summary>
    public DirectoryHandle DescendMaking(string relative, bool ownerOnly)
    {
        var at = TryDescend("")!;
        try
        {
            foreach (var part in relative.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                at.TryMake(part, ownerOnly);
                var below = at.TryDescend(part) ?? throw new IOException($"{part} is not a directory.");
                at.Dispose();
                at = below;
            }

            return at;
        }
        catch
        {
            at.Dispose();
            throw;
        }
    }

    /// <summary>Removes the file, link or directory of this name with all below it; follows nothing, leaves nothing else.</summary>
    public void DeleteTree(string name)
    {
        if (Stat(name) is not { } stat)
        {
            return;
        }

        if (stat.Kind != FileKind.Directory)
        {
            TryDelete(name);
            return;
        }

        using (var below = TryDescend(name))
        {
            foreach (var entry in below is null ? [] : Directory.GetFileSystemEntries(below.Path))
            {
                below!.DeleteTree(System.IO.Path.GetFileName(entry));
            }
        }

        TryDeleteDirectory(name);
    }
}

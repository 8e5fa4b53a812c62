using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Files;

/// <summary>
/// A file beneath a directory, known by what it was when it was found: device, inode, size and time. It opens as that file or not at all, so that all
/// openings read the same one, whatever its name leads to by then.
/// </summary>
/// <param name="Root">The operator's path of the directory.</param>
/// <param name="Relative">Without links in it.</param>
internal sealed record PinnedFile(string Root, string Relative, FileStat Found)
{
    /// <summary>Throws <see cref="FileNotFoundException"/> where it is gone, <see cref="FileChangedException"/> where it is another or has changed.</summary>
    public SafeFileHandle Open()
    {
        using var root = DirectoryHandle.Open(Root);
        var opened = root.TryOpenFile(Relative, out var now) ?? throw new FileNotFoundException($"{Relative} is gone.", Relative);
        if (now.IsSameAs(Found))
        {
            return opened;
        }

        opened.Dispose();
        throw new FileChangedException(Relative);
    }
}

/// <summary>Under the name there is another file by now, or the file has changed.</summary>
internal sealed class FileChangedException(string path) : IOException($"{path} was changed or replaced since it was found.");

using System.Text;
using Etl.Loader.Files;

namespace Etl.Loader.App.PrivatePostgres;

/// <summary>
/// What we read and write in the cluster's directory. Another user may own that, the one who runs the server: as root we follow no link there, wait for
/// no pipe and replace files only by a rename.
/// </summary>
internal sealed class ClusterFiles(string root, ServerUser user)
{
    private const int LargestText = 1 << 20;

    /// <summary>Makes the directory itself the server's.</summary>
    public void Give()
    {
        using var directory = DirectoryHandle.Open(root);
        user.Give(directory);
    }

    /// <summary>Whole or not at all, readable by the server's user only.</summary>
    public void Write(string name, string content) => Write("", name, content);

    public void Write(string below, string name, string content)
    {
        using var directory = Descend(below) ?? throw new IOException($"{System.IO.Path.Combine(root, below)} is gone.");
        SmallFile.Write(directory, name, $".{name}-{Guid.CreateVersion7():N}.new", Encoding.UTF8.GetBytes(content), ownerOnly: true, user.Give);
    }

    /// <summary>Null where there is no such file, or something that is not a file.</summary>
    public string? Read(string below, string name)
    {
        using var directory = Descend(below);
        return directory is null || SmallFile.Read(directory, name, LargestText) is not { } content ? null : Encoding.UTF8.GetString(content);
    }

    /// <summary>For what may be large; null where there is no such file.</summary>
    public FileStream? Open(string name)
    {
        using var directory = DirectoryHandle.Open(root);
        return directory.TryOpenFile(name, out _) is { } file ? new FileStream(file, FileAccess.Read, bufferSize: 0) : null;
    }

    public bool TryRename(string from, string to, bool replace)
    {
        using var directory = DirectoryHandle.Open(root);
        return directory.TryRename(from, directory, to, replace);
    }

    public void Delete(string name)
    {
        using var directory = DirectoryHandle.Open(root);
        directory.DeleteTree(name);
    }

    /// <summary>An empty directory for the server's user alone, in place of what was there.</summary>
    public void MakeEmpty(string name)
    {
        using var directory = DirectoryHandle.Open(root);
        directory.DeleteTree(name);
        directory.TryMake(name, ownerOnly: true);
        using var made = directory.TryDescend(name) ?? throw new IOException($"{System.IO.Path.Combine(root, name)} is gone.");
        user.Give(made);
    }

    private DirectoryHandle? Descend(string below)
    {
        using var directory = DirectoryHandle.Open(root);
        return directory.TryDescend(below);
    }
}

using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Files;

/// <summary>Files that are read whole: markers, triggers, notes of a few lines.</summary>
internal static class SmallFile
{
    /// <summary>
    /// Null where there is nothing, or something that is not a regular file of at most <paramref name="most"/> bytes. Throws where it cannot be read.
    /// </summary>
    public static byte[]? Read(DirectoryHandle directory, string relative, int most)
    {
        try
        {
            using var file = directory.TryOpenFile(relative, out var stat);
            return file is null || stat.Bytes > most ? null : Read(file, most);
        }
        catch (Exception exception) when (exception is SymbolicLinkException or NotRegularFileException)
        {
            return null;
        }
    }

    /// <summary>Up to the end, or to one byte more than <paramref name="most"/> where it grows.</summary>
    public static byte[] Read(SafeFileHandle file, int most)
    {
        var content = new byte[(int)Math.Min(RandomAccess.GetLength(file), most) + 1];
        var have = 0;
        while (true)
        {
            var read = RandomAccess.Read(file, content.AsSpan(have), have);
            have += read;
            if (read == 0 || have > most)
            {
                return content[..have];
            }

            if (have == content.Length)
            {
                Array.Resize(ref content, Math.Min(2 * content.Length, most + 1));
            }
        }
    }

    /// <summary>Whole or not at all: written beside under a name of its own, then renamed. Replaces what is there and follows no link.</summary>
    /// <param name="give">Gives the file to its owner before it has its name; null: it stays ours.</param>
    public static void Write(
        DirectoryHandle directory, string name, string temporary, ReadOnlySpan<byte> content, bool ownerOnly, Action<SafeFileHandle>? give = null)
    {
        try
        {
            using (var file = directory.Create(temporary, ownerOnly))
            {
                file.Write(content);
                give?.Invoke(file.SafeFileHandle);
            }

            directory.TryRename(temporary, directory, name);
        }
        catch
        {
            directory.TryDelete(temporary);
            throw;
        }
    }
}

using System.Security.Cryptography;
using System.Text;
using Etl.Loader.Files;

namespace Etl.Loader.App.PrivatePostgres;

/// <summary>
/// The one copy of the cluster's password: a file in the form that <c>psql</c> reads by <c>PGPASSFILE</c>, readable by its owner only.
/// </summary>
internal static class PasswordFile
{
    /// <summary>The password in the file; null when there is no file.</summary>
    public static string? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var line = File.ReadLines(path).FirstOrDefault() ?? "";
        return line.LastIndexOf(':') is >= 0 and var colon && colon < line.Length - 1
            ? line[(colon + 1)..]
            : throw new LoaderException($"{path} does not contain a line host:port:database:user:password.", "Delete it; a new password is created at the next start.");
    }

    /// <summary>Makes a password and writes the file.</summary>
    public static string Create(string path, string user)
    {
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        WritePrivate(path, $"*:*:*:{user}:{password}\n");
        return password;
    }

    /// <summary>Writes a file that is never readable by others, not even for a moment; replaces what is there and follows no link.</summary>
    public static void WritePrivate(string path, string content)
    {
        using var directory = DirectoryHandle.Open(Path.GetDirectoryName(path)!);
        var name = Path.GetFileName(path);
        SmallFile.Write(directory, name, $".{name}-{Guid.CreateVersion7():N}.new", Encoding.UTF8.GetBytes(content), ownerOnly: true);
    }
}

using System.Runtime.InteropServices;

namespace Etl.Loader.Files;

/// <summary>The error numbers of Linux that we distinguish.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int NoSuchDevice = 6;
    public const int Again = 11;
    public const int AccessDenied = 13;
    public const int Exists = 17;
    public const int CrossDevice = 18;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int InvalidArgument = 22;
    public const int ProcessFileLimit = 24;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;
    public const int NameTooLong = 36;
    public const int NoSystemCall = 38;
    public const int DirectoryNotEmpty = 39;
    public const int LinkLoop = 40;

    /// <summary>Nothing can be at such a path, now or later.</summary>
    public static bool MeansNothingThere(int error) => error is NoEntry or NotDirectory or NameTooLong or LinkLoop;

    public static Exception ToException(int error, string path)
    {
        var message = $"{path}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).";
        return error switch
        {
            NoEntry => new FileNotFoundException(message, path),
            AccessDenied => new UnauthorizedAccessException(message),
            LinkLoop => new SymbolicLinkException(path),
            NoSuchDevice => new NotRegularFileException(path, NotRegularFileException.Special),
            _ => new IOException(message, error),
        };
    }
}

/// <summary>There is a symbolic link in a place where none is followed.</summary>
internal sealed class SymbolicLinkException(string path) : IOException($"{path} is a symbolic link or is reached through one; links are not followed here.");

using System.Runtime.InteropServices;

namespace Etl.Loader.Inboxes.Files;

/// <summary>The error numbers of Linux that we tell apart.</summary>
internal static class Errno
{
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int AccessDenied = 13;
    public const int NotDirectory = 20;
    public const int ProcessFileLimit = 24;
    public const int NoSpace = 28;
    public const int NameTooLong = 36;
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
            _ => new IOException(message, error),
        };
    }
}

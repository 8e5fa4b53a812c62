using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Etl.Loader.Files;

/// <summary>Opens regular files and nothing else: a pipe would keep the reader forever, a device might never end.</summary>
internal static class RegularFile
{
    /// <summary>
    /// By a path that the user of this process gave, whose links are followed. Throws as <see cref="File.OpenHandle"/>, and
    /// <see cref="NotRegularFileException"/>.
    /// </summary>
    public static SafeFileHandle Open(string path, out FileStat stat)
    {
        var opened = OperatingSystem.IsLinux() ? OpenLinux(path) : File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            stat = FileStat.Of(opened, path);
            return Require(opened, stat, path);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public static SafeFileHandle Require(SafeFileHandle opened, FileStat stat, string path) => stat.Kind switch
    {
        FileKind.Regular => opened,
        FileKind.Directory => throw new NotRegularFileException(path, "a directory"),
        _ => throw new NotRegularFileException(path, NotRegularFileException.Special),
    };

    private static SafeFileHandle OpenLinux(string path)
    {
        int opened;
        int error;
        do
        {
            opened = SystemCalls.Open(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.CloseOnExec, 0);
            error = opened < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (error == Errno.Interrupted);
        return opened >= 0 ? new SafeFileHandle(opened, ownsHandle: true)
            : Errno.MeansNothingThere(error) ? throw new FileNotFoundException($"There is no file {path}.", path)
            : throw Errno.ToException(error, path);
    }
}

/// <summary>There is a directory, pipe, socket or device where a file was expected.</summary>
/// <param name="what">What is there instead.</param>
internal sealed class NotRegularFileException(string path, string what) : IOException($"{path} is {what}, not a regular file.")
{
    public const string Special = "a pipe, socket or device";

    public string What => what;
}

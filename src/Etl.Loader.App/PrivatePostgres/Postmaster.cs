using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Etl.Loader.Files;

namespace Etl.Loader.App.PrivatePostgres;

/// <summary>What <c>postmaster.pid</c> says of the server over a data directory.</summary>
internal sealed partial record Postmaster(int ProcessId, int? Port, bool Ready, bool Stopping)
{
    private const string FileName = "postmaster.pid";
    private const int LargestFile = 4096;
    private const int SignalNone = 0;
    private const int SignalInterrupt = 2;
    private const int SignalQuit = 3;

    /// <summary>Null when no server has the directory, or the one on file is dead.</summary>
    public static Postmaster? Find(string dataDirectory)
    {
        var onFile = Read(dataDirectory);
        return onFile is not null && Runs(onFile.ProcessId, dataDirectory) ? onFile : null;
    }

    /// <summary>
    /// Removes a <c>postmaster.pid</c> whose process number now belongs to another program: PostgreSQL would take that for a living
    /// server and refuse to start. Where this cannot be determined with certainty, the file stays.
    /// </summary>
    public static void RemoveStaleFile(string dataDirectory)
    {
        if (OperatingSystem.IsLinux() && Read(dataDirectory) is { } onFile && !Runs(onFile.ProcessId, dataDirectory))
        {
            using var directory = Open(dataDirectory);
            directory?.TryDelete(FileName);
        }
    }

    /// <summary>Ends sessions and shuts down with a checkpoint.</summary>
    public void StopFast() => _ = Kill(ProcessId, SignalInterrupt);

    /// <summary>Stops without a checkpoint; the next start recovers.</summary>
    public void StopImmediately() => _ = Kill(ProcessId, SignalQuit);

    private static Postmaster? Read(string dataDirectory)
    {
        using var directory = Open(dataDirectory);
        if (directory is null || SmallFile.Read(directory, FileName, LargestFile) is not { } content)
        {
            return null;
        }

        var lines = Encoding.UTF8.GetString(content).Split('\n');
        return lines.Length > 0 && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var pid)
            ? new Postmaster(
                Math.Abs(pid),
                lines.Length > 3 && int.TryParse(lines[3], CultureInfo.InvariantCulture, out var port) ? port : null,
                lines.Length > 7 && lines[7].Trim() == "ready",
                lines.Length > 7 && lines[7].Trim() == "stopping")
            : null;
    }

    /// <summary>True while the process is the server of this data directory.</summary>
    public static bool Runs(int pid, string dataDirectory)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Kill(pid, SignalNone) == 0;
        }

        try
        {
            // A server's working directory is its data directory; a zombie has none.
            var directory = Directory.ResolveLinkTarget($"/proc/{pid}/cwd", returnFinalTarget: false)?.FullName;
            return directory is not null
                && Path.TrimEndingDirectorySeparator(directory) == RealPath(dataDirectory)
                && File.ReadAllText($"/proc/{pid}/comm").Trim() is "postgres" or "postmaster";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string RealPath(string path)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is null)
        {
            return path;
        }

        var plain = Path.Combine(RealPath(parent), Path.GetFileName(path));
        return Directory.ResolveLinkTarget(plain, returnFinalTarget: true)?.FullName is { } target ? RealPath(target) : plain;
    }

    /// <summary>Null where there is none. The server's user owns what is above it: a link in its place is not followed.</summary>
    private static DirectoryHandle? Open(string dataDirectory)
    {
        if (!Directory.Exists(Path.GetDirectoryName(dataDirectory)))
        {
            return null;
        }

        using var above = DirectoryHandle.Open(Path.GetDirectoryName(dataDirectory)!);
        return above.TryDescend(Path.GetFileName(dataDirectory));
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}

using System.Runtime.InteropServices;

namespace Etl.Loader.Chaos.Installation;

/// <summary>Signals by process id.</summary>
internal static partial class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>Of a process that <see cref="Kill"/> ended.</summary>
    public const int KilledExitCode = 128 + Kill;

    /// <summary>False when there is no such process.</summary>
    public static bool Send(int process, int signal) => Call(process, signal) == 0;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Call(int process, int signal);
}

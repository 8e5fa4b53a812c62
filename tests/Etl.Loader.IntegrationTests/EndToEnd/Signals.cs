using System.Runtime.InteropServices;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>What a terminal, a service manager or a power cut does to a process.</summary>
internal static class Signals
{
    private const int SigInt = 2;
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;

    /// <summary>What a process that was killed leaves, as shells and .NET say it.</summary>
    public const int KilledExitCode = 128 + SigKill;

    public static void Interrupt(int process) => Send(process, SigInt);

    public static void Terminate(int process) => Send(process, SigTerm);

    public static void Kill(int process) => Send(process, SigKill);

    /// <summary>As a debugger, a full host or a paused virtual machine does.</summary>
    public static void Freeze(int process, bool frozen) => Send(process, frozen ? SigStop : SigCont);

    /// <summary>A dead process that no one has waited for yet counts as gone.</summary>
    public static bool IsAlive(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Send(int process, int signal)
    {
        if (process > 1)
        {
            _ = SendSignal(process, signal);
        }
    }

#pragma warning disable SYSLIB1054 // The generated form needs unsafe code; two integers do not.
    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int process, int signal);
#pragma warning restore SYSLIB1054
}

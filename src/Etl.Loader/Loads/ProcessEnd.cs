using Microsoft.Extensions.Logging;

namespace Etl.Loader.Loads;

/// <summary>
/// The way out when an attempt hangs where nothing of ours can end it, as in a system call on a dead mount: the process ends, its sessions go with it,
/// and a standby takes the lane.
/// </summary>
internal sealed class ProcessEnd(ILogger<ProcessEnd> logger)
{
    /// <summary>EX_SOFTWARE of sysexits.h: supervisors start the process again.</summary>
    public const int ExitCode = 70;

    /// <summary>Replaced in tests.</summary>
    public Action<int> Exit { get; init; } = Environment.Exit;

    public void Hang(LoadId load, TimeSpan stalled)
    {
        Log.Hangs(logger, load, stalled);
        Exit(ExitCode);
    }
}

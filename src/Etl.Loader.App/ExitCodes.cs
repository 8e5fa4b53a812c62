namespace Etl.Loader.App;

/// <summary>How the executable ends; scripts depend on the numbers.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>At least one load failed or was cancelled.</summary>
    public const int LoadsFailed = 1;

    /// <summary>Wrong usage, wrong configuration, or a thing named that does not exist.</summary>
    public const int Usage = 2;

    /// <summary>The queue database, or a process that must run for this verb, does not answer.</summary>
    public const int NotReachable = 3;

    public const int TimedOut = 4;
}

namespace Etl.Loader.Ledger;

/// <summary>Who paused a lane, when and why.</summary>
/// <param name="Now">Whether the running load is handed back, too.</param>
/// <param name="Changed">False where the lane was paused already and the call changed nothing.</param>
internal sealed record LanePause(string Target, DateTimeOffset At, string By, string? Reason, bool Now, bool Changed)
{
    /// <summary>What is shown to someone who finds the lane paused by another.</summary>
    public string Already => $"Lane {Target} was already paused by {By} at {At:u}{(Reason is null ? "" : $": {Reason}")}.";

    /// <summary>For pages and programs, which have to know that the pause is not theirs.</summary>
    public void ThrowIfUnchanged()
    {
        if (!Changed)
        {
            throw new LoaderException(Already, "Nothing was changed. Resuming the lane ends that pause.");
        }
    }
}

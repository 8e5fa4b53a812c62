namespace Etl.Loader.App.Doctor;

/// <summary>What <c>doctor --clean</c> may do.</summary>
/// <param name="DryRun">Say what would be removed, and remove nothing.</param>
/// <param name="Confirm">Asked for each target before anything is removed from it.</param>
internal sealed record CleanRequest(bool DryRun, Func<string, Task<bool>> Confirm)
{
    /// <summary>Whoever asked for it has said yes already.</summary>
    public static CleanRequest Confirmed { get; } = new(DryRun: false, static _ => Task.FromResult(true));
}

using Etl.Loader.Ledger;

namespace Etl.Loader.Queue.Actions;

/// <summary>Who acts and why; recorded with every action.</summary>
internal sealed record Actor(string Name, string? Reason);

/// <summary>What people do to loads and lanes, from verbs, pages and the API alike: the same rules everywhere.</summary>
internal interface ILoadActions
{
    /// <summary>
    /// Queues a failed or cancelled load again under its id, with its files as they are now. Throws <see cref="LoaderException"/> for any
    /// other status; for a loaded one the message gives the receipt's time and the <c>reload</c> line.
    /// </summary>
    Task RequeueAsync(LoadId load, Actor actor, CancellationToken token);

    /// <summary>Accepts a new load of the same dataset, as its files are now. Returns the new id.</summary>
    Task<LoadId> ReloadAsync(LoadId load, Actor actor, CancellationToken token);

    /// <summary>A waiting load becomes cancelled immediately, a running one stops at its next look. Throws for a load with an outcome.</summary>
    Task CancelAsync(LoadId load, Actor actor, CancellationToken token);

    /// <summary>
    /// The lane takes no further load; with <paramref name="now"/> the running one is handed back too. Lasts over restarts. A lane that is paused keeps who
    /// paused it and why: the answer shows.
    /// </summary>
    Task<LanePause> PauseAsync(string target, bool now, Actor actor, CancellationToken token);

    /// <summary>Returns the pause that ended; null where the lane was not paused.</summary>
    Task<LanePause?> ResumeAsync(string target, Actor actor, CancellationToken token);
}

using Etl.Loader.Ledger;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>
/// How a trigger becomes one load's and no other's: by a rename where the inbox can be written, by a row in the ledger where it cannot. The intake is the
/// same for both.
/// </summary>
internal interface ITriggerClaims
{
    /// <summary>Why triggers could not be taken since <see cref="Begin"/>; null when all could.</summary>
    string? Problem { get; }

    void Begin();

    /// <summary>True for a trigger that is known to be a load already and unchanged since: a scan passes it by without reading it.</summary>
    bool IsTaken(string path);

    /// <summary>
    /// Those of the triggers that are to be accepted, in order. The others are gone, another watcher's, accepted already, or wait on. Asks the ledger a
    /// constant number of times.
    /// </summary>
    Task<IReadOnlyList<Claim>> TakeAsync(IReadOnlyList<ReadyTrigger> ready, CancellationToken token);

    /// <summary>The ledger has the load. Throws nothing for an inbox that cannot be written now.</summary>
    /// <param name="refusal">Null unless this call recorded it.</param>
    Task AcceptedAsync(Claim claim, LoadStatus status, LoadRefusal? refusal, CancellationToken token);

    /// <summary>Whether the ledger has it is not known: this watcher resumes from there in its next round, or any other.</summary>
    void GiveBack(Claim claim);
}

namespace Etl.Loader.Ledger;

/// <summary>A trigger on record as taken.</summary>
/// <param name="Gone">Found gone before, so long ago that it may be forgotten once it is found gone again.</param>
internal sealed record TakenTrigger(long Id, TriggerIdentity Trigger, bool Gone);

/// <summary>
/// The triggers that were taken in inboxes that are only read. They are recorded by <see cref="IAcceptLoads.AcceptAsync"/>, with their loads; here they are
/// asked for, and forgotten once their files are gone.
/// </summary>
internal interface ITakenTriggers
{
    /// <summary>Those of the triggers that are on record, by one statement.</summary>
    Task<IReadOnlySet<TriggerIdentity>> FindAsync(string inbox, IReadOnlyList<TriggerIdentity> triggers, CancellationToken token);

    /// <summary>The next ones after the given id, without those that were found gone less than <paramref name="kept"/> ago.</summary>
    Task<IReadOnlyList<TakenTrigger>> ListAsync(string inbox, long after, TimeSpan kept, int limit, CancellationToken token);

    /// <summary>
    /// Notes which of those listed are there and which do not. One that has been gone for <paramref name="kept"/>, and was found gone at both ends of it, is
    /// forgotten. Should that very file come again, it has the id of its load still, and makes no other.
    /// </summary>
    Task NoteAsync(string inbox, IReadOnlyList<long> there, IReadOnlyList<long> gone, TimeSpan kept, CancellationToken token);
}

namespace Etl.Loader.Ledger;

/// <summary>
/// The writing side of the ledger as an attempt sees it. Every change is one conditional statement that holds only while the attempt is
/// the load's newest and the load has no outcome: a stale attempt that wakes up changes nothing and learns it by <c>false</c>.
/// </summary>
internal interface ILoadLedger
{
    Task<LoadRecord?> FindAsync(LoadId load, CancellationToken token);

    /// <summary>Begins an attempt: status loading, attempt + 1, a row in <c>etl_loader.attempts</c>. Null when the load has an outcome already.</summary>
    Task<AttemptKey?> BeginAttemptAsync(LoadId load, long epoch, CancellationToken token);

    Task<bool> EnterStageAsync(AttemptKey attempt, LoadStage stage, CancellationToken token);

    /// <summary>Records progress; returns whether the attempt still owns the load and no one asked to cancel it.</summary>
    Task<AttemptStanding> ReportProgressAsync(AttemptKey attempt, long bytesDone, long? bytesTotal, long rows, CancellationToken token);

    Task<bool> SaveSurveyAsync(AttemptKey attempt, string survey, CancellationToken token);

    /// <summary>Notes the kills that count and the checkpoints that the load had at the last of them.</summary>
    Task<bool> SetKillsAsync(AttemptKey attempt, int kills, long checkpoints, CancellationToken token);

    /// <summary>
    /// The first load without outcome of the same table that was accepted before this one, or null; the load then says that it waits for it.
    /// </summary>
    Task<EarlierLoad?> FindEarlierAsync(LoadId load, CancellationToken token);

    /// <summary>
    /// The newest load of the same dataset and table that was accepted after this one and replaces the table; null where there is none, or where it was refused
    /// or cancelled. What an append would have added stays missing, so none stands in for it.
    /// </summary>
    Task<LoadId?> FindNewerDeliveryAsync(LoadId load, CancellationToken token);

    /// <summary>Says what the load waits for, or with null that it continues.</summary>
    Task<bool> SetWaitsForAsync(AttemptKey attempt, string? waitsFor, CancellationToken token);

    /// <summary>
    /// Ends the attempt and returns what the load became by it; an outcome also writes the outbox row, in the same transaction. Repeated because the answer
    /// was lost, it changes nothing and returns the same. Null: another attempt owns the load.
    /// </summary>
    Task<LoadStatus?> FinishAsync(AttemptKey attempt, AttemptResult result, CancellationToken token);
}

/// <param name="NextAttemptAt">Null: it waits for its turn only.</param>
internal sealed record EarlierLoad(LoadId Load, DateTimeOffset? NextAttemptAt);

internal enum AttemptStanding
{
    Mine,
    CancelRequested,

    /// <summary>A later attempt began, or the load has an outcome: stop without changing anything.</summary>
    Lost,
}

using System.Text.Json.Serialization;

namespace Etl.Loader.Ledger;

/// <summary>A load to accept. With <paramref name="Refusal"/> it is recorded as failed and gets no job: a bad trigger is history too.</summary>
/// <param name="By">Who asked for it, for the audit; null for what a trigger brought.</param>
/// <param name="Trigger">Recorded with the load, where the trigger stays as it is: it becomes no other load then. Null where its name shows that it is taken.</param>
internal sealed record NewLoad(LoadId Id, LoadSpec Spec, LoadRefusal? Refusal = null, AcceptedBy? By = null, TriggerIdentity? Trigger = null)
{
    /// <summary>The id by which the producer finds this delivery again, one load of its inbox; null: it gave none.</summary>
    public string? Delivery { get; init; }
}

/// <summary>The person or key that had a load accepted, and why.</summary>
internal sealed record AcceptedBy(string Actor, string? Reason);

/// <summary>Why a trigger was refused.</summary>
internal sealed record LoadRefusal(string Error, string? Hint);

/// <summary>Whether this call made the row, or the ledger knew the id already (a claim taken up again).</summary>
/// <param name="Refusal">Why the load was recorded as failed: its own, or one that only the ledger could find.</param>
internal sealed record Acceptance(LoadId Id, bool New, LoadStatus Status, LoadRefusal? Refusal = null);

/// <summary>The narrow door by which inboxes reach the ledger and the queue: a row and its job, together or not at all.</summary>
internal interface IAcceptLoads
{
    /// <summary>
    /// Accepts the loads in the given order, in as few transactions as possible. Idempotent by load id. Throws
    /// <see cref="Npgsql.NpgsqlException"/> when the queue database is away; then nothing of the batch was accepted, or all of a part of it
    /// that a repeat will find. A load whose <see cref="NewLoad.Trigger"/> another load has is not accepted and left out of the answer.
    /// </summary>
    Task<IReadOnlyList<Acceptance>> AcceptAsync(IReadOnlyList<NewLoad> loads, CancellationToken token);

    /// <summary>The status of those of the ids that the ledger knows.</summary>
    Task<IReadOnlyDictionary<LoadId, LoadStatus>> FindAsync(IReadOnlyCollection<LoadId> ids, CancellationToken token);

    /// <summary>True when the queue database answers now; asked before a claim changes anything on disk.</summary>
    Task<bool> IsReachableAsync(CancellationToken token);

    /// <summary>
    /// Records the id of an inbox at its first use and returns the id on record: a directory with another id, or without one, is not this
    /// inbox (an unmounted share).
    /// </summary>
    Task<Guid> RegisterInboxAsync(string inbox, Guid proposed, CancellationToken token);

    /// <summary>One line a watcher and inbox: that it lives, how it sees the inbox, and how far behind it is.</summary>
    Task ReportWatcherAsync(WatcherReport report, CancellationToken token);

    /// <summary>Takes that line back: the watcher ends in order, and no one is to look for it.</summary>
    Task WithdrawWatcherAsync(string host, int processId, string inbox, CancellationToken token) => Task.CompletedTask;
}

/// <summary>How a watcher stands with one inbox.</summary>
/// <param name="Mode">"events" or "scanning".</param>
/// <param name="State">"watching", or why not ("away: …").</param>
/// <param name="OldestWaitingAt">When the oldest trigger not yet accepted was written; null when none waits.</param>
/// <param name="ReportedAt">When the ledger received the report, by its own clock; null in a report that is being made.</param>
/// <param name="Reporting">Whether it still reports, judged by the ledger's clock; a report that is being made does.</param>
/// <param name="SilentSeconds">Since its last report; null while it reports.</param>
internal sealed record WatcherReport(
    string Host,
    int ProcessId,
    string Inbox,
    string Mode,
    string State,
    DateTimeOffset? LastEventAt,
    DateTimeOffset? LastScanAt,
    DateTimeOffset? OldestWaitingAt,
    string Version,
    DateTimeOffset? ReportedAt = null,
    bool Reporting = true,
    double? SilentSeconds = null)
{
    /// <summary>How long it may be silent and still counts as watching; written with each report, and judged by the database.</summary>
    [JsonIgnore]
    public TimeSpan SilentAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How it stands, in the words of verbs, pages and API: "watching", why it does not watch, or that nothing is heard of it.</summary>
    public string Says => SilentSeconds is { } silent ? $"silent for {Amounts.Span(TimeSpan.FromSeconds(silent))}" : State;

    /// <summary>Whether it sees its inbox now.</summary>
    public bool Watches => Reporting && State == Watching;

    /// <summary>The state of a watcher that sees its inbox.</summary>
    internal const string Watching = "watching";
}

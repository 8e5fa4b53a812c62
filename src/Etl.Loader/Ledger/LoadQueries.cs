using System.Text.Json.Serialization;

namespace Etl.Loader.Ledger;

/// <summary>
/// What to list; every part narrows. Text form as people write it: <c>status:failed target:warehouse table:orders* file:*.csv since:2d</c>.
/// </summary>
internal sealed partial record LoadFilter
{
    public IReadOnlyList<LoadStatus> Statuses { get; init; } = [];
    public string? Target { get; init; }
    public string? Inbox { get; init; }

    /// <summary>With '*' as wildcard.</summary>
    public string? Table { get; init; }

    /// <summary>The dataset's path in its inbox, with '*' as wildcard.</summary>
    public string? File { get; init; }

    public TimeSpan? Since { get; init; }

    /// <summary>Failed loads of one cause, by its id; see <see cref="FailureCause"/>.</summary>
    public string? Cause { get; init; }

    /// <summary>None: all. A cause without a status means failed loads, which alone have one.</summary>
    internal IReadOnlyList<LoadStatus> MeantStatuses => Cause is not null && Statuses.Count == 0 ? [LoadStatus.Failed] : Statuses;
}

/// <summary>A line of a list of loads; the columns of the view <c>etl_loader.load_status</c>.</summary>
internal sealed record LoadSummary(
    LoadId LoadId,
    string Inbox,
    string Dataset,
    string Target,
    string TableName,
    LoadStatus Status,
    LoadStage Stage,
    int Attempt,
    long? RowsLoaded,
    long? RowsRejected,
    long BytesDone,
    long? BytesTotal,
    DateTimeOffset AcceptedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    DateTimeOffset? NextAttemptAt,
    string? WaitsFor,
    string? Error,
    string? JobId);

/// <summary>A page of loads, newest acceptance first; <paramref name="Next"/> is the key to resume from, null at the end.</summary>
internal sealed record LoadPage(IReadOnlyList<LoadSummary> Loads, string? Next);

internal sealed record AttemptRecord(
    int Attempt,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    AttemptOutcome? Outcome,
    string Host,
    int ProcessId,
    long Epoch,
    string? Error,
    IReadOnlyList<LogLine> Log);

internal sealed record LoadDetails(LoadRecord Load, IReadOnlyList<AttemptRecord> Attempts);

/// <summary>How a lane stands.</summary>
/// <param name="Holder">host:pid of the process that serves it; null when none does.</param>
/// <param name="WaitsFor">An outage it waits for; null when it works.</param>
/// <param name="Reconciled">What the reconciler last did or found amiss.</param>
/// <param name="HeartbeatAt">When its holder last reported.</param>
/// <param name="PausedAtOnce">Whether the pause hands the running load back, too.</param>
/// <param name="Standbys">host:pid of the processes that would take the lane over; long host names are cut.</param>
internal sealed record LaneStatus(
    string Target,
    string? Holder,
    long? Epoch,
    DateTimeOffset? HeartbeatAt,
    DateTimeOffset? PausedAt,
    string? PausedBy,
    string? PauseReason,
    string? WaitsFor,
    LoadId? Running,
    long QueuedLoads,
    long QueuedBytes,
    string? Reconciled = null,
    DateTimeOffset? ReconciledAt = null,
    bool PausedAtOnce = false,
    DateTimeOffset? WaitsSince = null,
    IReadOnlyList<string>? Standbys = null)
{
    /// <summary>What pages and verbs show of it; the words below are made from it. Without a reading of its own it has what this line alone shows.</summary>
    [JsonIgnore]
    public LaneOutlook Outlook { get; init; } = new()
    {
        Target = Target,
        ReadAt = HeartbeatAt ?? default,
        Holder = Holder,
        Served = Holder is not null,
        PausedAt = PausedAt,
        PausedBy = PausedBy,
        PauseReason = PauseReason,
        WaitsFor = WaitsFor,
        WaitsSince = WaitsSince,
        Waiting = new Work(QueuedLoads, QueuedBytes),
    };

    /// <summary>Whether its holder is there, judged by the database's clock.</summary>
    public bool Served => Outlook.Served;

    /// <summary>Since the last heartbeat of a holder that no longer exists.</summary>
    public double? SilentSeconds => Outlook.SilentFor?.TotalSeconds;

    public LaneCondition Condition => Outlook.Condition;

    /// <summary>How it stands, in the words of verbs, pages and API.</summary>
    public string Says => OutlookText.State(Outlook) + (Served || Standbys is not { Count: > 0 } ? "" : $"; {string.Join(", ", Standbys)} stands by");
}

/// <summary>Counts by status, for status lines.</summary>
internal sealed record StatusCounts(IReadOnlyDictionary<LoadStatus, long> Counts);

/// <summary>The one reading side of the ledger: pages, verbs and the API ask nothing else. Every list is paged by key.</summary>
internal partial interface ILoadQueries
{
    /// <summary>At most <paramref name="limit"/> (1 … 1000) loads, newest first.</summary>
    Task<LoadPage> ListAsync(LoadFilter filter, string? after, int limit, CancellationToken token);

    Task<LoadDetails?> FindAsync(LoadId load, CancellationToken token);

    /// <summary>The load of the delivery to which its producer gave this id; null where the ledger knows none (yet).</summary>
    Task<LoadId?> FindDeliveryAsync(string inbox, string delivery, CancellationToken token);

    /// <summary>
    /// The load whose id begins with the text, or whose <see cref="LoadId.Short"/> it is. Throws <see cref="LoaderException"/> when none or several have
    /// such an id, naming them.
    /// </summary>
    Task<LoadId> ResolveAsync(string text, CancellationToken token);

    Task<IReadOnlyList<LaneStatus>> LanesAsync(CancellationToken token);

    Task<IReadOnlyList<WatcherReport>> WatchersAsync(CancellationToken token);

    Task<StatusCounts> CountAsync(CancellationToken token);
}

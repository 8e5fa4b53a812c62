namespace Etl.Loader.Ledger;

/// <summary>A load that runs, as its last report has it.</summary>
/// <param name="Rows">Of the present attempt; null before its first report.</param>
/// <param name="BytesPerSecond">Of the present stage; null before its second report.</param>
/// <param name="ReportedAt">When the attempt last reported.</param>
/// <param name="MovedAt">When a report last had more than the one before.</param>
/// <param name="ReadAt">The database's clock at the reading.</param>
internal sealed record RunningLoad(
    LoadId LoadId,
    string Target,
    string TableName,
    string Dataset,
    LoadStage Stage,
    DateTimeOffset? StartedAt,
    long BytesDone,
    long? BytesTotal,
    long? Rows,
    double? BytesPerSecond,
    double? RowsPerSecond,
    DateTimeOffset? ReportedAt,
    DateTimeOffset? MovedAt,
    string? WaitsFor,
    DateTimeOffset ReadAt)
{
    /// <summary>Whether the lane's holder is there, judged by the database's clock: of a load whose process is silent nothing is known but what it said last.</summary>
    public bool Served { get; init; } = true;

    /// <summary>Of the present stage, 0 … 1; null where its bytes are not known or it does not count them.</summary>
    public double? Share => Stage is LoadStage.Surveying or LoadStage.Staging && BytesTotal is > 0 and var total ? Math.Clamp((double)BytesDone / total, 0, 1) : null;

    /// <summary>Of the present stage at its present speed; null while that is not known.</summary>
    public TimeSpan? StageLeft => Served && Share is not null && BytesPerSecond is > 1 and var speed
        ? TimeSpan.FromSeconds(Math.Min(Math.Max(0, BytesTotal!.Value - BytesDone) / speed, TimeSpan.FromDays(365).TotalSeconds))
        : null;
}

/// <summary>Failed loads that failed for one reason: the same text once names, ids and numbers are left out of it.</summary>
/// <param name="Cause">Its id in filters; null for loads that failed without a text.</param>
/// <param name="Folded">The text they share.</param>
/// <param name="Newest">The newest of them, with its own text.</param>
internal sealed record FailureCause(
    string? Cause, long Loads, string? Fault, string? Folded, LoadId Newest, string Target, string Dataset, string? Error, string? Hint, DateTimeOffset? FinishedAt);

/// <summary>Where a waiting load is in its lane.</summary>
internal sealed record PlaceInLine(long LoadsBefore, long BytesBefore);

internal partial interface ILoadQueries
{
    /// <summary>How each lane stands and when it will be clear, by target.</summary>
    Task<IReadOnlyList<LaneOutlook>> OutlookAsync(CancellationToken token);

    /// <summary>The loads that run, at most 100; cheap enough to be asked several times a second.</summary>
    Task<IReadOnlyList<RunningLoad>> RunningAsync(CancellationToken token);

    /// <summary>The loads that ended last, newest first.</summary>
    Task<IReadOnlyList<LoadSummary>> RecentAsync(int limit, CancellationToken token);

    /// <summary>Why loads failed that are failed now, the most frequent first.</summary>
    Task<IReadOnlyList<FailureCause>> CausesAsync(int limit, CancellationToken token);

    /// <summary>Loads by status; a count of <paramref name="most"/> means as many or more.</summary>
    Task<StatusCounts> CountUpToAsync(int most, CancellationToken token);

    Task<PlaceInLine> PlaceInLineAsync(LoadId load, CancellationToken token);
}

namespace Etl.Loader.Ledger;

/// <summary>So many loads with so many bytes.</summary>
internal readonly record struct Work(long Loads, long Bytes);

/// <summary>How a lane stands, in a word.</summary>
internal enum LaneCondition
{
    /// <summary>Nothing runs, nothing waits.</summary>
    Idle,
    Loading,

    /// <summary>Loads wait and the next one is about to begin.</summary>
    Starting,

    /// <summary>All that waits waits for the time of its next attempt.</summary>
    Retrying,
    Paused,

    /// <summary>Something that the lane or its load needs is away or in use.</summary>
    Waiting,

    /// <summary>No process serves it, or its holder has been silent for longer than it may be.</summary>
    Unserved,

    /// <summary>It should work and nothing moves.</summary>
    Stalled,
}

/// <summary>How fast a target's last loads were: seconds = fixed + bytes · slope, from measured loads only.</summary>
/// <param name="Measured">Loads that it was measured on, at most 50.</param>
internal sealed record Pace(long Measured, double FixedSeconds, double SecondsPerByte)
{
    /// <summary>Null without a measured load: no one can know then.</summary>
    public static Pace? Of(Work measured, double seconds, double? intercept, double? slope)
    {
        if (measured.Loads == 0 || seconds <= 0)
        {
            return null;
        }

        // A line that falls, or that begins below zero, says nothing of loads of other sizes.
        return intercept is >= 0 and var fixedPart && slope is >= 0 and var rate
            ? new Pace(measured.Loads, fixedPart, rate)
            : measured.Bytes > 0 && slope is > 0
                ? new Pace(measured.Loads, 0, seconds / measured.Bytes)
                : new Pace(measured.Loads, seconds / measured.Loads, 0);
    }

    public TimeSpan Of(Work work) =>
        TimeSpan.FromSeconds(Math.Min((work.Loads * FixedSeconds) + (work.Bytes * SecondsPerByte), TimeSpan.FromDays(3650).TotalSeconds));
}

/// <summary>A lane as people want to know it: what it does, what waits, and when it will be clear. Its sentence is made by <see cref="OutlookText"/>.</summary>
internal sealed record LaneOutlook
{
    /// <summary>A lane in which nothing moved for so long is stuck.</summary>
    public static readonly TimeSpan StalledAfter = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan ArrivalWindow = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan ArrivalLastWindow = TimeSpan.FromMinutes(5);

    public required string Target { get; init; }

    /// <summary>The database's clock at the reading; all other times are by the same clock.</summary>
    public required DateTimeOffset ReadAt { get; init; }

    public string? Holder { get; init; }

    /// <summary>Whether its holder is there, judged by the database's clock.</summary>
    public bool Served { get; init; }

    /// <summary>Since the last heartbeat of a holder that is not there any more; null: it serves the lane, or no one holds it.</summary>
    public TimeSpan? SilentFor { get; init; }

    public DateTimeOffset? PausedAt { get; init; }
    public string? PausedBy { get; init; }
    public string? PauseReason { get; init; }
    public string? WaitsFor { get; init; }
    public DateTimeOffset? WaitsSince { get; init; }
    public RunningLoad? Running { get; init; }

    /// <summary>All without outcome that do not run, those included that wait for a time.</summary>
    public Work Waiting { get; init; }

    /// <summary>Loads that could run now.</summary>
    public long Due { get; init; }

    public DateTimeOffset? OldestDue { get; init; }
    public DateTimeOffset? LastFinish { get; init; }

    /// <summary>Accepted in the last 15 minutes.</summary>
    public Work Arrived { get; init; }

    /// <summary>Accepted in the last 5 minutes.</summary>
    public Work ArrivedLast { get; init; }

    /// <summary>Null where no load of this target was measured yet.</summary>
    public Pace? Pace { get; init; }

    public LaneCondition Condition => this switch
    {
        { Served: false } => LaneCondition.Unserved,
        { PausedAt: not null, Running: null } => LaneCondition.Paused,
        { WaitsFor: not null } => LaneCondition.Waiting,
        { Running.WaitsFor: not null } => LaneCondition.Waiting,
        { Running: not null } => Stuck ? LaneCondition.Stalled : LaneCondition.Loading,
        { Due: > 0 } => Idle > StalledAfter ? LaneCondition.Stalled : LaneCondition.Starting,
        { Waiting.Loads: > 0 } => LaneCondition.Retrying,
        _ => LaneCondition.Idle,
    };

    /// <summary>More arrives than is loaded, over a quarter of an hour and still now: a single large delivery is not growth.</summary>
    public bool Grows => Due > 0 && Pace is { } pace && pace.Of(Arrived) > ArrivalWindow && pace.Of(ArrivedLast) > ArrivalLastWindow;

    /// <summary>Of the running load, where it can be known: never for one whose process is silent.</summary>
    public TimeSpan? RunningLeft => !Served || Running is not { } load
        ? null
        : load.Stage switch
        {
            LoadStage.Surveying => load.StageLeft is { } survey && Pace is { } pace ? survey + pace.Of(new Work(1, load.BytesTotal ?? 0)) : null,
            LoadStage.Staging => load.StageLeft,
            _ => Pace is { } known && load.StartedAt is { } began
                ? TimeSpan.FromTicks(Math.Max(0, (known.Of(new Work(1, load.BytesTotal ?? 0)) - (ReadAt - began)).Ticks))
                : null,
        };

    /// <summary>When all that waits will be loaded; null where that cannot be known, or will not be (see <see cref="Condition"/>, <see cref="Grows"/>).</summary>
    public DateTimeOffset? ClearAt
    {
        get
        {
            if (Condition is not (LaneCondition.Loading or LaneCondition.Starting or LaneCondition.Retrying) || Grows)
            {
                return null;
            }

            var rest = Waiting.Loads == 0 ? TimeSpan.Zero : Pace?.Of(Waiting);
            return rest is { } waiting && (Running is null ? TimeSpan.Zero : RunningLeft) is { } running ? ReadAt + running + waiting : null;
        }
    }

    /// <summary>How long nothing has begun although something could.</summary>
    public TimeSpan Idle => OldestDue is not { } due ? TimeSpan.Zero : ReadAt - (LastFinish > due ? LastFinish.Value : due);

    private bool Stuck => Running?.MovedAt is { } moved && ReadAt - moved > StalledAfter;
}

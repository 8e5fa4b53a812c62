using System.Globalization;

namespace Etl.Loader.Ledger;

/// <summary>The sentence of a lane, in pages and verbs alike: "loading orders_2026, staging 62 %, 41 s left; 14 files, 3.2 GB wait, clear at 14:32 UTC".</summary>
internal static class OutlookText
{
    public static string Of(LaneOutlook lane) => string.Join("; ", new[] { Doing(lane).TrimEnd('.'), Rest(lane) }.Where(part => part.Length > 0));

    /// <summary>The same in fewer words, where what runs is shown beside it.</summary>
    public static string State(LaneOutlook lane) => lane switch
    {
        { Condition: LaneCondition.Loading, Running: { } load } => $"{load.Stage.Word()} {load.TableName}",
        { Condition: LaneCondition.Unserved, Running: not null } => Unserved(lane),
        _ => Doing(lane).TrimEnd('.'),
    };

    /// <summary>What it does, or why it does nothing.</summary>
    public static string Doing(LaneOutlook lane) => lane.Condition switch
    {
        LaneCondition.Paused => $"paused {Ago(lane, lane.PausedAt)} by {lane.PausedBy}{(lane.PauseReason is null ? "" : $": {lane.PauseReason}")}",
        LaneCondition.Waiting when lane is { WaitsFor: null, Running: { } load } => $"{load.Stage.Word()} {load.TableName}, waits: {load.WaitsFor}",
        LaneCondition.Waiting => $"has been waiting for {Amounts.Span(lane.ReadAt - (lane.WaitsSince ?? lane.ReadAt))}: {lane.WaitsFor}",
        LaneCondition.Unserved when lane.Running is { } load => $"{Unserved(lane)}; {load.TableName} stopped at {load.Stage.Word()}{Share(load)}",
        LaneCondition.Unserved => Unserved(lane),
        LaneCondition.Stalled => Stalled(lane),
        LaneCondition.Loading => Loading(lane, lane.Running!),
        LaneCondition.Starting => "the next load is about to start",
        LaneCondition.Retrying => "waiting loads are retried at their scheduled time",
        _ => "idle",
    };

    /// <summary>What waits, and when the lane is clear; empty where nothing waits and nothing runs.</summary>
    public static string Rest(LaneOutlook lane)
    {
        var waiting = lane.Waiting.Loads == 0
            ? lane.Running is null ? "" : "nothing waits"
            : $"{Amounts.Counted(lane.Waiting.Loads, "file")}, {Amounts.Bytes(lane.Waiting.Bytes)} wait{(lane.Waiting.Loads == 1 ? "s" : "")}";
        return string.Join(", ", new[] { waiting, Clear(lane) }.Where(part => part.Length > 0));
    }

    private static string Clear(LaneOutlook lane) => lane switch
    {
        { Grows: true } => "growing: more arrives than is loaded",
        { ClearAt: { } at } => $"clear {Moment(at, lane.ReadAt)}",
        { Condition: LaneCondition.Loading or LaneCondition.Starting } when lane.Waiting.Loads > 0 && lane.Pace is null => "clear at an unknown time: no load of this target to estimate from yet",
        _ => "",
    };

    private static string Loading(LaneOutlook lane, RunningLoad load)
    {
        var share = load.Stage.Word() + Share(load);
        var left = lane.RunningLeft is { } time ? $"{Amounts.Span(time)} left" : "time left not known yet";
        return $"loading {load.TableName}, {share}, {left}{(lane.PausedAt is null ? "" : $", then paused by {lane.PausedBy}")}";
    }

    private static string Share(RunningLoad load) =>
        load.Share is { } known ? string.Create(CultureInfo.InvariantCulture, $" {Math.Floor(known * 100):0} %") : "";

    /// <summary>That no one serves it, since when, who did, and what people had said of it.</summary>
    private static string Unserved(LaneOutlook lane) =>
        (lane.SilentFor is { } silent ? $"not served, silent for {Amounts.Span(silent)} ({lane.Holder})" : "not served")
        + (lane.PausedAt is null ? "" : $", paused by {lane.PausedBy}")
        + (lane.WaitsFor is null ? "" : $": {lane.WaitsFor.TrimEnd('.')}");

    private static string Stalled(LaneOutlook lane) => lane.Running is { } load
        ? $"stalled at {load.TableName}: no progress for {Amounts.Span(lane.ReadAt - (load.MovedAt ?? lane.ReadAt))}"
        : $"stalled: loads are waiting and none has started for {Amounts.Span(lane.Idle)}";

    private static string Ago(LaneOutlook lane, DateTimeOffset? at) => Amounts.Span(lane.ReadAt - (at ?? lane.ReadAt)) + " ago";

    private static string Moment(DateTimeOffset at, DateTimeOffset now) => at - now < TimeSpan.FromHours(18)
        ? string.Create(CultureInfo.InvariantCulture, $"at {at.UtcDateTime:HH:mm} UTC")
        : string.Create(CultureInfo.InvariantCulture, $"on {at.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
}

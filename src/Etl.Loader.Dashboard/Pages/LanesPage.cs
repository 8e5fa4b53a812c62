using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>One row a lane: who serves it, what it does, how much waits.</summary>
internal sealed class LanesPage(IReadOnlyList<LaneStatus> lanes) : LoaderPage("Lanes")
{
    public static Markup State(LaneStatus lane)
    {
        var (style, text) = lane switch
        {
            { PausedAt: not null } => ("warning", "paused"),
            { Holder: null } => ("danger", "not served"),
            { WaitsFor: not null } => ("warning", "waits"),
            { Running: not null } => ("primary", "loading"),
            _ => ("success", "idle"),
        };
        return Markup.Of($"<span class=\"label label-{style}\">{text}</span>");
    }

    protected override Markup Body() => Markup.Of($"""
        <h1 class="page-header">Lanes</h1>
        <div class="etl-live etl-scroll"><table class="table">
        <thead><tr><th>Target</th><th>State</th><th>Served by</th><th class="etl-number">Epoch</th><th>Heartbeat</th><th>Running</th><th class="etl-number">Waiting</th><th>Why</th><th></th></tr></thead>
        <tbody>{lanes.Select(Row)}</tbody></table></div>
        """);

    private Markup Row(LaneStatus lane) => Markup.Of($"""
        <tr><td><strong>{lane.Target}</strong></td><td>{State(lane)}</td><td>{lane.Holder ?? "nobody"}</td><td class="etl-number">{lane.Epoch}</td>
        <td>{Format.Moment(lane.HeartbeatAt)}</td><td>{(lane.Running is { } load ? Link(load) : Markup.Empty)}</td>
        <td class="etl-number">{Format.Count(lane.QueuedLoads)}<br><small class="text-muted">{Format.Bytes(lane.QueuedBytes)}</small></td>
        <td>{Why(lane)}</td><td>{Button(lane)}</td></tr>
        """);

    private Markup Button(LaneStatus lane) => lane.PausedAt is null
        ? Action("/lanes/actions/pause", lane.Target, "Pause", "default", $"Take no further load into {lane.Target}? The running one finishes.")
        : Action("/lanes/actions/resume", lane.Target, "Resume", "primary", $"Let {lane.Target} load again?");

    private static Markup Why(LaneStatus lane) => Markup.Of($"""
        {(lane.PausedAt is null
            ? Markup.Of($"{lane.WaitsFor}")
            : Markup.Of($"paused by {lane.PausedBy} {Format.Moment(lane.PausedAt)}: {lane.PauseReason}"))}
        {(lane.Reconciled is null
            ? Markup.Empty
            : Markup.Of($"<br><small>{Format.Moment(lane.ReconciledAt)}: {lane.Reconciled}</small>"))}
        """);
}

using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

internal sealed record LanesModel(IReadOnlyList<LaneStatus> Lanes, IReadOnlyList<RunningLoad> Running);

/// <summary>Each lane: who serves it and would, what it does, how much waits, and who stopped it why.</summary>
internal sealed class LanesPage(LanesModel model) : LoaderPage("Lanes")
{
    protected override Markup Body() => Markup.Of($"""
        <h1 class="page-header">Lanes</h1>
        <div class="etl-live">
        {model.Lanes.Select(Lane)}
        {(model.Lanes.Count == 0 ? Markup.Of($"<div class=\"alert alert-info\">No lane was served yet.</div>") : Markup.Empty)}
        </div>
        {(IsReadOnly ? Markup.Empty : PauseDialog())}
        """);

    private Markup Lane(LaneStatus lane) => Markup.Of($"""
        <section class="etl-card" aria-label="Lane {lane.Target}">
        <h2>{lane.Target} {LaneLines.Label(lane.Outlook)}</h2>
        <p class="etl-lane-says">{lane.Says}</p>
        {Paused(lane)}
        <dl class="etl-terms">
        {Term("Served by", Holder(lane))}
        {Term("Stand by", Markup.Of($"{(lane.Standbys is { Count: > 0 } standbys ? string.Join(", ", standbys) : "none: the lane waits while its holder is away")}"))}
        {Term("Epoch", Markup.Of($"{lane.Epoch}"))}
        {Term("Running", Running(lane))}
        {Term("Waiting", Markup.Of($"{(lane.QueuedLoads == 0 ? "nothing" : $"{Amounts.Counted(lane.QueuedLoads, "load")}, {Format.Bytes(lane.QueuedBytes)}")}"))}
        {(lane.WaitsFor is null ? Markup.Empty : Term("Waits for", Markup.Of($"{lane.WaitsFor} <span class=\"text-muted\">since {Format.Moment(lane.WaitsSince)}</span>")))}
        {(lane.Reconciled is null ? Markup.Empty : Term("Reconciler", Markup.Of($"{lane.Reconciled} <span class=\"text-muted\">{Format.Moment(lane.ReconciledAt)}</span>")))}
        </dl>
        {Buttons(lane)}
        </section>
        """);

    private static Markup Paused(LaneStatus lane) => lane.PausedAt is null
        ? Markup.Empty
        : Markup.Of($"""
            <p class="alert alert-warning">Paused by <strong>{lane.PausedBy}</strong> {Format.Moment(lane.PausedAt)}{(lane.PausedAtOnce ? ", immediately" : "")}:
            {(string.IsNullOrWhiteSpace(lane.PauseReason) ? Markup.Of($"<em>no reason given</em>") : Markup.Of($"{lane.PauseReason}"))}</p>
            """);

    private static Markup Holder(LaneStatus lane) => lane.Holder is null
        ? Markup.Of($"no process: start <code>etl-loader serve</code> or <code>up</code>")
        : Markup.Of($"{lane.Holder}, heartbeat {Format.Moment(lane.HeartbeatAt)}{(lane.SilentSeconds is { } silent
            ? Markup.Of($" <span class=\"label label-danger\">silent for {Amounts.Span(TimeSpan.FromSeconds(silent))}</span>")
            : Markup.Empty)}");

    private Markup Running(LaneStatus lane) => model.Running.FirstOrDefault(l => l.LoadId == lane.Running) is { } load
        ? Markup.Of($"{Link(load.LoadId)} {load.Dataset} → {load.TableName} <span class=\"text-muted\">{Format.Word(load.Stage)}{(load.WaitsFor is null ? "" : $", waits: {load.WaitsFor}")}</span> {Format.Progress(load)}")
        : lane.Running is { } id ? Link(id) : Markup.Of($"no load");

    private Markup Buttons(LaneStatus lane) => lane.PausedAt is not null
        ? Action("/lanes/actions/resume", lane.Target, "Resume", "primary", $"Resume lane {lane.Target}?")
        : IsReadOnly ? Markup.Empty
        : Markup.Of($"<button type=\"button\" class=\"btn btn-sm btn-default etl-pause\" data-lane=\"{lane.Target}\">Pause</button>");

    /// <summary>One for all lanes: asks why, so that anyone who finds the lane standing can read it.</summary>
    private Markup PauseDialog() => Markup.Of($"""
        <template class="etl-pause-template"><dialog class="etl-dialog" aria-labelledby="etl-pause-title">
        <form method="dialog" data-pause="{Url.To("/lanes/actions/pause")}" data-pause-now="{Url.To("/lanes/actions/pause-now")}">
        <h2 id="etl-pause-title">Pause <span class="etl-pause-lane"></span></h2>
        <p>The lane takes no further load until somebody resumes it, over restarts too.</p>
        <div class="form-group"><label for="etl-pause-reason">Why?</label>
        <input id="etl-pause-reason" class="form-control" name="reason" type="text" required maxlength="500" autocomplete="off"></div>
        <div class="checkbox"><label><input name="now" type="checkbox"> Stop the running load too; it resumes from its last chunk</label></div>
        <p class="text-danger" role="alert" hidden></p>
        <button type="submit" class="btn btn-primary">Pause the lane</button> <button type="button" class="btn btn-default etl-pause-cancel">Cancel</button>
        </form></dialog></template>
        """);

    private static Markup Term(string name, Markup value) => Markup.Of($"<dt>{name}</dt><dd>{value}</dd>");
}

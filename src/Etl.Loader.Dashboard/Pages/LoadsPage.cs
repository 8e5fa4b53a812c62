using Etl.Loader.Inboxes.Due;
using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

internal sealed record LoadsModel(
    string FilterText, string? FilterError, LoadPage Page, StatusCounts Counts, IReadOnlyList<LaneStatus> Lanes, IReadOnlyList<LoadSummary> Running);

/// <summary>The first page: what each lane does now, and the loads by filter, newest first.</summary>
internal sealed class LoadsPage(LoadsModel model) : LoaderPage("Loads")
{
    public IReadOnlyList<LateDelivery> Late { get; init; } = [];

    protected override Markup Body() => Markup.Of($"""
        <h1 class="page-header">Loads</h1>
        <div class="etl-live">
        {LateLine.Of(Late, Url)}
        {model.Lanes.Select(Lane)}
        </div>
        <ul class="nav nav-tabs etl-tabs">
        {Tab("all", "", null)}{Enum.GetValues<LoadStatus>().Select(s => Tab(Format.Word(s), "status:" + Format.Word(s), s))}
        </ul>
        <form class="etl-filter" method="get" action="{Url.To("/loads")}">
          <input class="form-control" type="search" name="q" value="{model.FilterText}" aria-label="Filter" placeholder="status:failed target:warehouse table:orders* file:*.csv since:2d">
        </form>
        {Fault()}
        <div class="etl-live etl-scroll">{Table()}</div>
        {Next()}
        """);

    private Markup Fault() => model.FilterError is null ? Markup.Empty : Markup.Of($"<div class=\"alert alert-warning\">{model.FilterError}</div>");

    private Markup Lane(LaneStatus lane)
    {
        var running = model.Running.FirstOrDefault(l => l.LoadId == lane.Running);
        var waiting = lane.QueuedLoads == 0 ? "nothing waits" : $"{Format.Count(lane.QueuedLoads)} waiting, {Format.Bytes(lane.QueuedBytes)}";
        return Markup.Of($"""
            <div class="etl-lane">
              <div class="etl-lane-name"><strong>{lane.Target}</strong> {LanesPage.State(lane)}</div>
              <div class="etl-lane-now">{(running is null ? Idle(lane) : Now(running))}</div>
              <div class="etl-lane-rest text-muted">{waiting}</div>
            </div>
            """);
    }

    private static Markup Idle(LaneStatus lane) => Markup.Of($"<span class=\"text-muted\">{lane.WaitsFor ?? lane.PauseReason ?? "no load is running"}</span>");

    private Markup Now(LoadSummary load) => Markup.Of(
        $"loading {Link(load.LoadId)} <strong>{load.TableName}</strong> <span class=\"text-muted\">{Format.Word(load.Stage)}{(load.WaitsFor is null ? "" : ", waits: " + load.WaitsFor)}</span> {Format.Progress(load.BytesDone, load.BytesTotal)}");

    private Markup Tab(string text, string filter, LoadStatus? status)
    {
        var count = status is { } s ? model.Counts.Counts.GetValueOrDefault(s) : model.Counts.Counts.Values.Sum();
        var active = model.FilterText == filter ? "active" : "";
        return Markup.Of($"<li class=\"{active}\"><a href=\"{Url.To("/loads")}?q={Uri.EscapeDataString(filter)}\">{text} <span class=\"badge\">{Format.Count(count)}</span></a></li>");
    }

    private Markup Table() => model.Page.Loads.Count == 0
        ? Markup.Of($"<div class=\"alert alert-info\">No loads{(model.FilterText.Length > 0 ? " match the filter" : " yet: put a file into an inbox, then a trigger beside it")}.</div>")
        : Markup.Of($"""
            <table class="table table-hover etl-loads">
            <thead><tr><th>Load</th><th>Status</th><th>Dataset</th><th>Table</th><th class="etl-number">Rows</th><th class="etl-number">Size</th><th>Accepted</th><th class="etl-number">Took</th><th>Job</th></tr></thead>
            <tbody>{model.Page.Loads.Select(Row)}</tbody>
            </table>
            """);

    private Markup Row(LoadSummary load) => Markup.Of($"""
        <tr>
        <td>{Link(load.LoadId)}</td><td>{Format.Status(load.Status)}</td>
        <td><span class="text-muted">{load.Inbox}/</span>{load.Dataset}{Error(load)}</td>
        <td><span class="text-muted">{load.Target}</span> {load.TableName}</td>
        <td class="etl-number">{Format.Count(load.RowsLoaded)}{Rejected(load)}</td><td class="etl-number">{Format.Bytes(load.BytesTotal)}</td>
        <td>{Format.Moment(load.AcceptedAt)}</td><td class="etl-number">{Format.Duration(Format.Took(load.StartedAt, load.FinishedAt))}</td><td>{Job(load.JobId)}</td>
        </tr>
        """);

    private static Markup Rejected(LoadSummary load) =>
        load.RowsRejected is > 0 ? Markup.Of($"<br><small class=\"text-danger\">{Format.Count(load.RowsRejected)} rejected</small>") : Markup.Empty;

    private static Markup Error(LoadSummary load) => (load.Error ?? load.WaitsFor) is not { } text
        ? Markup.Empty
        : Markup.Of($"<div class=\"etl-error {(load.Status == LoadStatus.Failed ? "text-danger" : "text-muted")}\">{text}</div>");

    private Markup Next() => model.Page.Next is not { } next
        ? Markup.Empty
        : Markup.Of($"<a class=\"btn btn-default\" href=\"{Url.To("/loads")}?q={Uri.EscapeDataString(model.FilterText)}&amp;after={Uri.EscapeDataString(next)}\">Older loads</a>");
}

using Etl.Loader.Inboxes.Due;
using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

internal sealed record LoadsModel(
    string FilterText,
    string? FilterError,
    LoadPage Page,
    StatusCounts Counts,
    IReadOnlyList<LaneOutlook> Lanes,
    IReadOnlyList<FailureCause> Causes,
    IReadOnlyList<LoadSummary> Recent);

/// <summary>The first page: what each lane does and when it is clear, why loads failed, the last loads, and the loads by filter, newest first.</summary>
internal sealed class LoadsPage(LoadsModel model) : LoaderPage("Loads")
{
    private const int MostErrorShown = 300;

    /// <summary>Progress is written once a second and read four times a second: shown it is never older than two.</summary>
    public override TimeSpan Refresh => model.Lanes.Any(lane => lane.Running is not null) ? TimeSpan.FromMilliseconds(700) : TimeSpan.FromSeconds(2);

    public IReadOnlyList<LateDelivery> Late { get; init; } = [];

    protected override Markup Body() => Markup.Of($"""
        <h1 class="page-header">Loads</h1>
        {Live("late", LateLine.Of(Late, Url))}
        {Live("lanes", LaneLines.Of(model.Lanes, PathTo))}
        {Live("recent", RecentBars.Of(model.Recent, PathTo))}
        {Live("causes", Causes())}
        {Live("tabs", Tabs())}
        <form class="etl-filter" method="get" action="{Url.To("/loads")}" role="search">
          <input class="form-control" type="search" name="q" value="{model.FilterText}" aria-label="Filter" placeholder="status:failed target:warehouse table:orders* file:*.csv since:2d">
        </form>
        {Fault()}
        <form class="etl-selection" method="get" action="{Url.To("/loads/bulk")}">
        {Selection()}
        {Live("loads", Table())}
        </form>
        {Next()}
        """);

    private Markup Fault() => model.FilterError is null ? Markup.Empty : Markup.Of($"<div class=\"alert alert-warning\" role=\"alert\">{model.FilterError}</div>");

    private Markup Causes() => model.Causes.Count == 0
        ? Markup.Empty
        : Markup.Of($"""
            <section class="etl-causes"><h2 class="etl-heading">Why loads failed</h2>
            <ul class="list-unstyled">{model.Causes.Select(Cause)}</ul></section>
            """);

    private Markup Cause(FailureCause cause)
    {
        var filter = cause.Cause is null ? "status:failed" : $"status:failed cause:{cause.Cause}";
        return Markup.Of($"""
            <li class="etl-cause">
              <a class="badge etl-cause-count" href="{PathTo(filter)}" title="Show them">{Format.Count(cause.Loads)}</a>
              <div class="etl-cause-text">{Short(cause.Folded ?? "no error recorded")} <small class="text-muted">{cause.Fault}{(cause.Fault is null ? "" : ", ")}newest: <a href="{PathTo(cause.Newest)}">{cause.Dataset}</a> {Format.Moment(cause.FinishedAt)}</small></div>
              {(IsReadOnly ? Markup.Empty : Markup.Of($"<a class=\"btn btn-sm btn-primary\" href=\"{BulkPath("requeue", filter)}\">Requeue {Format.Count(cause.Loads)}…</a>"))}
            </li>
            """);
    }

    private Markup Tabs() => Markup.Of($"<ul class=\"nav nav-tabs etl-tabs\">{Tab("all", "", null)}{Enum.GetValues<LoadStatus>().Select(s => Tab(s.Word(), "status:" + s.Word(), s))}</ul>");

    private Markup Tab(string text, string filter, LoadStatus? status)
    {
        var active = model.FilterText == filter ? "active" : "";
        return Markup.Of($"<li class=\"{active}\"><a href=\"{PathTo(filter)}\">{text} {(status is { } s ? Badge(model.Counts.Counts.GetValueOrDefault(s)) : Markup.Empty)}</a></li>");
    }

    private static Markup Badge(long count) => Markup.Of($"<span class=\"badge\">{Format.Count(count)}{(count >= LoadReadings.MostCounted ? "+" : "")}</span>");

    private Markup Selection() => IsReadOnly || model.Page.Loads.Count == 0
        ? Markup.Empty
        : Markup.Of($"""
            <div class="etl-bulk">
              <span class="text-muted">Selected:</span>
              <button class="btn btn-sm btn-default" name="action" value="requeue" disabled>Requeue…</button>
              <button class="btn btn-sm btn-default" name="action" value="cancel" disabled>Cancel…</button>
              <span class="text-muted">All matching:</span>
              <a class="btn btn-sm btn-default etl-all-requeue" href="{BulkPath("requeue", model.FilterText)}">Requeue…</a>
              <a class="btn btn-sm btn-default etl-all-cancel" href="{BulkPath("cancel", model.FilterText)}">Cancel…</a>
            </div>
            """);

    private string BulkPath(string action, string filter) => Url.To("/loads/bulk") + $"?action={action}&q={Uri.EscapeDataString(filter)}";

    private Markup Table() => model.Page.Loads.Count == 0
        ? Markup.Of($"<div class=\"alert alert-info\">No loads{(model.FilterText.Length > 0 ? " match the filter" : " yet: put a file into an inbox, then a trigger beside it")}.</div>")
        : Markup.Of($"""
            <div class="etl-scroll" tabindex="0" role="region" aria-label="Loads"><table class="table table-hover etl-loads">
            <thead><tr>{(IsReadOnly ? Markup.Empty : Markup.Of($"<th><input type=\"checkbox\" class=\"etl-check-all\" aria-label=\"Select all on this page\"></th>"))}<th>Load</th><th>Status</th><th>Dataset</th><th>Table</th><th class="etl-number">Rows</th><th class="etl-number">Size</th><th>Accepted</th><th class="etl-number">Took</th><th>Job</th></tr></thead>
            <tbody>{model.Page.Loads.Select(Row)}</tbody>
            </table></div>
            """);

    private Markup Row(LoadSummary load) => Markup.Of($"""
        <tr>
        {(IsReadOnly ? Markup.Empty : Markup.Of($"<td><input type=\"checkbox\" class=\"etl-check\" name=\"id\" value=\"{load.LoadId}\" aria-label=\"Select {load.Dataset}\"></td>"))}
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
        : Markup.Of($"<div class=\"etl-error {(load.Status == LoadStatus.Failed ? "text-danger" : "text-muted")}\">{Short(text)}</div>");

    private static string Short(string text) => text.Length <= MostErrorShown ? text : text[..MostErrorShown] + "…";

    private Markup Next() => model.Page.Next is not { } next
        ? Markup.Empty
        : Markup.Of($"<a class=\"btn btn-default\" href=\"{PathTo(model.FilterText)}&amp;after={Uri.EscapeDataString(next)}\">Older loads</a>");
}

using Etl.Loader.Inboxes.Due;
using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

/// <param name="Loads">Newest first.</param>
/// <param name="Older">Where the next page of loads begins; null at the end.</param>
internal sealed record TableModel(
    TableSummary Table, IReadOnlyList<TableLoad> Loads, long? Older, IReadOnlyList<LateDelivery> Late, DateTimeOffset? NextDue);

/// <summary>One table: what made it, and its history of loads.</summary>
internal sealed class TableDetailsPage(TableModel model) : LoaderPage("Table")
{
    private TableKey Key => model.Table.Key;

    protected override Markup Body() => Markup.Of($"""
        <h1 class="page-header">{Key.FullName} <small>{Key.Target}</small></h1>
        <div class="etl-live">
        {Made()}{Newest()}{Due()}{RowsLine.Of(model.Loads)}
        <h2>Loads</h2>
        {History()}
        </div>
        <p>{Older()}<a class="btn btn-default" href="{Url.To("/loads")}?q={Uri.EscapeDataString(new LoadFilter { Target = Key.Target, Table = Key.FullName }.Format())}">These in Loads</a></p>
        """);

    private Markup Made() => model.Table.Made is not { } made
        ? Markup.Of($"<p>Nothing was loaded into it yet.</p>")
        : Markup.Of($"""
            <p class="etl-lead">{(made.Mode == LoadMode.Append ? "Last added to by" : "Made by")} <strong>{made.Inbox}/{made.Dataset}</strong> {Format.Moment(made.FinishedAt)}:
            {(made.TableRows is { } rows ? Amounts.Counted(rows, "row") : "rows not known")} {RowChange.Of(made, model.Table.Before)} {Link(made.LoadId)}</p>
            """);

    private Markup Newest() => model.Table.Newest is var newest && newest.LoadId == model.Table.Made?.LoadId
        ? Markup.Empty
        : Markup.Of($"""
            <div class="alert alert-{(newest.Status == LoadStatus.Failed ? "danger" : "info")}">{TablesPage.Shrunk(newest)}{Format.Status(newest.Status)}
            <strong>{newest.Inbox}/{newest.Dataset}</strong> accepted {Format.Moment(newest.AcceptedAt)} {Link(newest.LoadId)}{(newest.Error is null ? Markup.Empty : Markup.Of($"<br>{newest.Error}"))}</div>
            """);

    private Markup Due()
    {
        var late = model.Late.Where(l => l.Target == Key.Target && l.Table == Key.FullName).ToList();
        return late.Count > 0
            ? Markup.Join(late.Select(l => Markup.Of(
                $"<p><span class=\"label label-danger\">late</span> <strong>{l.Match}</strong> in inbox {l.Inbox} was due {Format.Moment(l.DueAt)}.</p>")))
            : model.NextDue is { } due ? Markup.Of($"<p>The next delivery is due {Format.Moment(due)}.</p>") : Markup.Empty;
    }

    private Markup History() => Markup.Of($"""
        <div class="etl-scroll" tabindex="0" role="region" aria-label="Loads of this table"><table class="table table-hover">
        <thead><tr><th scope="col">Load</th><th scope="col">Status</th><th scope="col">Dataset</th><th scope="col">Mode</th><th scope="col">Accepted</th><th scope="col">Finished</th><th scope="col" class="etl-number">Rows</th><th scope="col" class="etl-number">Rejected</th><th scope="col" class="etl-number">In the table</th></tr></thead>
        <tbody>{model.Loads.Select(Row)}</tbody></table></div>
        """);

    private Markup Row(TableLoad load) => Markup.Of($"""
        <tr><td>{Link(load.LoadId)}</td><td>{TablesPage.Shrunk(load)}{Format.Status(load.Status)}</td><td><span class="text-muted">{load.Inbox}/</span>{load.Dataset}{Error(load)}{Changes(load)}</td>
        <td>{Format.Word(load.Mode)}</td><td>{Format.Moment(load.AcceptedAt)}</td><td>{Format.Moment(load.FinishedAt)}</td>
        <td class="etl-number">{Format.Count(load.RowsLoaded)}</td><td class="etl-number">{Format.Count(load.RowsRejected)}</td><td class="etl-number">{Format.Count(load.TableRows)}</td></tr>
        """);

    private static Markup Error(TableLoad load) => load.Error is null ? Markup.Empty : Markup.Of($"<div class=\"etl-error text-muted\">{load.Error}</div>");

    /// <summary>How the columns differ from those before it.</summary>
    private static Markup Changes(TableLoad load) => load.Changes.Count == 0
        ? Markup.Empty
        : Markup.Of($"<ul class=\"etl-schema-changes\" aria-label=\"Columns changed\">{load.Changes.Select(change => Markup.Of($"<li>{change.ToString()}</li>"))}</ul>");

    private Markup Older() => model.Older is not { } below
        ? Markup.Empty
        : Markup.Of($"<a class=\"btn btn-default\" href=\"{Url.To(TableLink.Path(Key))}?below={below}\">Older loads</a> ");
}

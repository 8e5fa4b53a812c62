using Etl.Loader.Inboxes.Due;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;

namespace Etl.Loader.Dashboard.Pages;

/// <param name="Late">What is late now, whatever the filter.</param>
/// <param name="NextDue">When the next delivery of a dataset is due; null where no one said.</param>
internal sealed record TablesModel(
    string Filter, string? Error, TablePage Page, IReadOnlyList<LateDelivery> Late, Func<TableLoad, DateTimeOffset?> NextDue);

/// <summary>What is late, then one row a table: which file made it, when, and how it changed by that.</summary>
internal sealed class TablesPage(TablesModel model) : LoaderPage("Tables")
{
    protected override Markup Body() => Markup.Of($"""
        <h1 class="page-header">Tables</h1>
        <div class="etl-live">{Late()}</div>
        {(model.Error is null ? Markup.Empty : Markup.Of($"<div class=\"alert alert-warning\">{model.Error}</div>"))}
        <form class="etl-filter" method="get" action="{Url.To("/tables")}" role="search">
          <input class="form-control" type="search" name="q" value="{model.Filter}" aria-label="Filter by target, schema and name of the table" placeholder="warehouse.orders*">
        </form>
        <div class="etl-live">{Table()}</div>
        {Next()}
        """);

    private Markup Late() => model.Late.Count == 0
        ? Markup.Empty
        : Markup.Of($"""
            <section class="etl-late" aria-label="Late deliveries">
            <h2>{model.Late.Count} late</h2>
            <ul>{model.Late.Select(LateRow)}</ul>
            </section>
            """);

    private Markup LateRow(LateDelivery late) => Markup.Of($"""
        <li><strong>{late.Match}</strong> in inbox {late.Inbox} was due {Format.Moment(late.DueAt)}{(late.LastAcceptedAt is { } last
            ? Markup.Of($"; the last one arrived {Format.Moment(last)}{Into(late)}")
            : Markup.Of($"; <strong>missing</strong>: none has ever arrived"))}</li>
        """);

    private Markup Into(LateDelivery late) => late is { Target: { } target, Table: { } table }
        ? Markup.Of($" for {TableLink.Of(TableKey.Parse(target, table), Url)}")
        : Markup.Empty;

    private Markup Table() => model.Page.Tables.Count == 0
        ? Markup.Of($"<div class=\"alert alert-info\">No tables{(model.Filter.Length > 0 ? " match the filter" : " yet: put a file into an inbox, then a trigger beside it")}.</div>")
        : Markup.Of($"""
            <div class="etl-scroll" tabindex="0" role="region" aria-label="Tables"><table class="table table-hover">
            <thead><tr><th scope="col">Table</th><th scope="col">Made by</th><th scope="col">Loaded</th><th scope="col" class="etl-number">Rows</th><th scope="col" class="etl-number">Change</th><th scope="col">Due</th><th scope="col">Newest load</th></tr></thead>
            <tbody>{model.Page.Tables.Select(Row)}</tbody>
            </table></div>
            """);

    private Markup Row(TableSummary table)
    {
        var late = model.Late.FirstOrDefault(l => l.Target == table.Key.Target && l.Table == table.Key.FullName);
        return Markup.Of($"""
            <tr>
            <td><span class="text-muted">{table.Key.Target}</span> {TableLink.Of(table.Key, Url)}</td>
            <td>{(table.Made is { } made ? Markup.Of($"<span class=\"text-muted\">{made.Inbox}/</span>{made.Dataset}{Added(made)}") : Markup.Of($"<span class=\"text-muted\">nothing yet</span>"))}</td>
            <td>{Format.Moment(table.Made?.FinishedAt)}</td>
            <td class="etl-number">{Format.Count(table.Made?.TableRows)}</td><td class="etl-number">{RowChange.Of(table.Made, table.Before)}</td>
            <td>{Due(table.Newest, late)}</td><td>{Newest(table)}</td>
            </tr>
            """);
    }

    private static Markup Added(TableLoad made) => made.Mode == LoadMode.Append ? Markup.Of($" <small class=\"text-muted\">added</small>") : Markup.Empty;

    private Markup Due(TableLoad newest, LateDelivery? late) => late is not null
        ? Markup.Of($"<span class=\"label label-danger\">late</span> was due {Format.Moment(late.DueAt)}")
        : Format.Moment(model.NextDue(newest));

    /// <summary>Only where it is another one than made the table, or on its way.</summary>
    private Markup Newest(TableSummary table) => table.Newest is var newest && newest.LoadId == table.Made?.LoadId
        ? Link(newest.LoadId)
        : Markup.Of($"{Link(newest.LoadId)} {Shrunk(newest)}{Format.Status(newest.Status)} <div class=\"etl-error text-muted\">{newest.Inbox}/{newest.Dataset}{(newest.Error is null ? "" : ": " + newest.Error)}</div>");

    /// <summary>A delivery that was held back because it would have lost too many rows.</summary>
    internal static Markup Shrunk(TableLoad load) => load.Status == LoadStatus.Failed && ShrinkCheck.IsRefusal(load.Error)
        ? Markup.Of($"<span class=\"label label-danger\">too few rows</span> ")
        : Markup.Empty;

    private Markup Next() => model.Page.Next is not { } next
        ? Markup.Empty
        : Markup.Of($"<a class=\"btn btn-default\" href=\"{Url.To("/tables")}?q={Uri.EscapeDataString(model.Filter)}&amp;after={Uri.EscapeDataString(next)}\">More tables</a>");
}

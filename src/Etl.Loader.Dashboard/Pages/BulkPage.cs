using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;

namespace Etl.Loader.Dashboard.Pages;

/// <param name="Chosen">Loads chosen one by one; null: all that match the filter.</param>
/// <param name="First">The first twenty of them.</param>
/// <param name="Once">Names this preview: what it shows is done once, however often the button is pressed.</param>
internal sealed record BulkModel(
    BulkKind Kind, string FilterText, IReadOnlyList<LoadId>? Chosen, MatchSummary Summary, IReadOnlyList<LoadSummary> First, Guid Once);

/// <summary>What an action on many loads would be done to, before it is done: how many, of which causes and tables, and why.</summary>
internal sealed class BulkPage(BulkModel model) : LoaderPage(model.Kind == BulkKind.Requeue ? "Requeue loads" : "Cancel loads")
{
    private string Verb => model.Kind == BulkKind.Requeue ? "Requeue" : "Cancel";

    private string Loads => Amounts.Counted(model.Summary.Loads, "load");

    protected override Markup Body() => Markup.Of($"""
        <h1 class="page-header">{Verb} {Loads}</h1>
        <p>{(model.Chosen is null ? Markup.Of($"All that match <code>{(model.FilterText.Length == 0 ? "everything" : model.FilterText)}</code> and can be {(model.Kind == BulkKind.Requeue ? "requeued (failed or cancelled ones)" : "cancelled (those without outcome)")}.") : Markup.Of($"The loads that you selected."))}
        {(model.Kind == BulkKind.Requeue ? "They run again in the order in which they were accepted, with their files as they are now." : "What they have staged is dropped; their tables stay as they are.")}</p>
        {(model.Summary.Loads == 0 ? Markup.Of($"<div class=\"alert alert-info\">There is no such load.</div>") : Form())}
        <p><a class="btn btn-default" href="{PathTo(model.FilterText)}">Back to the loads</a></p>
        {Groups("Causes", model.Summary.Causes)}{Groups("Tables", model.Summary.Tables)}{First()}
        """);

    private Markup Form() => IsReadOnly
        ? Markup.Of($"<div class=\"alert alert-info\">You may only read.</div>")
        : Markup.Of($"""
            <form class="etl-bulk-run form-inline" data-url="{Url.To("/loads/actions/bulk")}" data-kind="{model.Kind.Word()}" data-filter="{model.FilterText}"
                  data-chosen="{string.Join(',', model.Chosen ?? [])}" data-up-to="{model.Summary.Newest}" data-once="{model.Once}" data-total="{model.Summary.Loads}">
              <label for="etl-reason">Reason</label>
              <input class="form-control" id="etl-reason" name="reason" required maxlength="500" placeholder="for the audit: what was fixed, or why" autocomplete="off">
              <button class="btn btn-{(model.Kind == BulkKind.Requeue ? "primary" : "danger")}">{Verb} {Loads}</button>
            </form>
            <div class="etl-bulk-result" role="status" hidden><progress class="etl-progress" max="{model.Summary.Loads}" value="0" aria-label="progress"></progress> <span></span><ul></ul></div>
            """);

    private static Markup Groups(string title, IReadOnlyList<MatchGroup> groups) => groups.Count == 0
        ? Markup.Empty
        : Markup.Of($"<h2 class=\"etl-heading\">{title}</h2><ul class=\"list-unstyled\">{groups.Select(g => Markup.Of($"<li><span class=\"badge\">{Format.Count(g.Loads)}</span> {g.Text}</li>"))}</ul>");

    private Markup First() => model.First.Count == 0
        ? Markup.Empty
        : Markup.Of($"""
            <h2 class="etl-heading">{(model.First.Count < model.Summary.Loads ? $"The newest {model.First.Count}" : "All of them")}</h2>
            <div class="etl-scroll" tabindex="0" role="region" aria-label="Loads"><table class="table"><thead><tr><th>Load</th><th>Status</th><th>Dataset</th><th>Table</th><th>Error</th></tr></thead>
            <tbody>{model.First.Select(l => Markup.Of($"<tr><td>{Link(l.LoadId)}</td><td>{Format.Status(l.Status)}</td><td>{l.Inbox}/{l.Dataset}</td><td>{l.Target} {l.TableName}</td><td class=\"etl-error\">{l.Error}</td></tr>"))}</tbody></table></div>
            """);
}

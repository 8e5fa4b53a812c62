using System.Text.Json;
using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>One load: how it stands, why, its attempts, its receipt, and what can be done.</summary>
internal sealed class LoadDetailsPage(LoadDetails details) : LoaderPage("Load")
{
    private LoadRecord Load => details.Load;

    protected override Markup Body() => Markup.Of($"""
        <h1 class="page-header">{Load.Spec.Dataset} <small>→ {Load.Spec.Target} {Load.Spec.TableName}</small></h1>
        <div class="etl-live">
        <p>{Format.Status(Load.Status)} <span class="text-muted">{Format.Word(Load.Stage)}</span></p>
        {Running()}{Fault()}
        <p>{Buttons()}</p>
        <table class="table etl-facts"><tbody>
        {Fact("Load", Markup.Of($"<code>{Load.Id}</code>"))}
        {Fact("Inbox", Markup.Of($"{Load.Spec.Inbox}"))}
        {Fact("Files", Files())}
        {Fact("Mode", Markup.Of($"{Format.Word(Load.Spec.Mode)}"))}
        {Fact("Accepted", Format.Moment(Load.AcceptedAt))}
        {Fact("Started", Format.Moment(Load.StartedAt))}
        {Fact("Finished", Format.Moment(Load.FinishedAt))}
        {Fact("Next attempt", Format.Moment(Load.NextAttemptAt))}
        {Fact("Rows", Markup.Of($"{Format.Count(Load.RowsLoaded)}"))}
        {Fact("Rejected", Markup.Of($"{Format.Count(Load.RowsRejected)}"))}
        {Fact("Hangfire job", Job(Load.JobId))}
        </tbody></table>
        {Attempts()}{Columns()}{Receipt()}
        </div>
        """);

    private Markup Buttons() => Load.Status switch
    {
        LoadStatus.Failed or LoadStatus.Cancelled => Action("/loads/actions/requeue", Load.Id.ToString(), "Requeue", "primary", "Run this load again, with its files as they are now?"),
        LoadStatus.Loaded or LoadStatus.Superseded => Action("/loads/actions/reload", Load.Id.ToString(), "Reload", "default", "Load the same dataset once more, as a new load?"),
        _ => Action("/loads/actions/cancel", Load.Id.ToString(), "Cancel load", "danger", "Stop this load? What it has staged is dropped; the table stays as it is."),
    };

    private Markup Running() => Load.FinishedAt is not null || Load.Status == LoadStatus.Queued
        ? Markup.Empty
        : Markup.Of($"{Format.Progress(Load.BytesDone, Load.BytesTotal)}{(Load.WaitsFor is null ? Markup.Empty : Markup.Of($"<div class=\"alert alert-warning\">Waits: {Load.WaitsFor}</div>"))}");

    private Markup Fault() => Load.Error is null
        ? Markup.Empty
        : Markup.Of($"<div class=\"alert alert-{(Load.Status == LoadStatus.Failed ? "danger" : "warning")}\"><strong>{Load.Error}</strong>{(Load.Hint is null ? Markup.Empty : Markup.Of($"<br>{Load.Hint}"))}</div>");

    private Markup Files() => Markup.Join(Load.Spec.Files.Select(f => Markup.Of($"<div>{f.Path} <span class=\"text-muted\">{Format.Bytes(f.Bytes)}</span></div>")));

    private Markup Attempts() => details.Attempts.Count == 0
        ? Markup.Empty
        : Markup.Of($"""
            <h3>Attempts</h3><div class="etl-scroll"><table class="table"><thead><tr><th>#</th><th>Started</th><th>Took</th><th>Outcome</th><th>Where</th><th>Error</th></tr></thead><tbody>
            {details.Attempts.Select(a => Markup.Of($"<tr><td>{a.Attempt}</td><td>{Format.Moment(a.StartedAt)}</td><td>{Format.Duration(Format.Took(a.StartedAt, a.FinishedAt))}</td><td>{(a.Outcome is { } o ? Format.Word(o) : "running")}</td><td>{a.Host}:{a.ProcessId}, epoch {a.Epoch}</td><td class=\"etl-error\">{a.Error}</td></tr>"))}
            </tbody></table></div>
            """);

    private Markup Columns()
    {
        if (Load.Receipt is null)
        {
            return Markup.Empty;
        }

        using var receipt = JsonDocument.Parse(Load.Receipt);
        return receipt.RootElement.TryGetProperty("details", out var details) && details.TryGetProperty("columns", out var columns)
            ? Markup.Of($"""
                <h3>Columns</h3><div class="etl-scroll"><table class="table"><thead><tr><th>Column</th><th>Type</th><th>In the file</th><th class="etl-number">Nulls</th><th>Not narrower, because</th></tr></thead><tbody>
                {columns.EnumerateArray().Select(Column)}
                </tbody></table></div>
                """)
            : Markup.Empty;
    }

    private static Markup Column(JsonElement column)
    {
        var why = column.TryGetProperty("excluded", out var excluded)
            ? $"line {excluded.GetProperty("line").GetInt64()} has '{excluded.GetProperty("value").GetString()}'"
            : "";
        return Markup.Of($"""
            <tr><td><strong>{column.GetProperty("name").GetString()}</strong></td><td><code>{column.GetProperty("type").GetString()}</code></td>
            <td>{column.GetProperty("source").GetString()}</td><td class="etl-number">{Format.Count(column.GetProperty("nulls").GetInt64())}</td>
            <td class="etl-error">{why}</td></tr>
            """);
    }

    private Markup Receipt() => Load.Receipt is null ? Markup.Empty : Markup.Of($"<h3>Receipt</h3><pre class=\"etl-receipt\">{Load.Receipt}</pre>");

    private static Markup Fact(string name, Markup value) =>
        value.ToString().Length == 0 ? Markup.Empty : Markup.Of($"<tr><th scope=\"row\">{name}</th><td>{value}</td></tr>");
}

using Etl.Loader.Ledger;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.WebUtilities;
using Entries = Etl.Loader.Ledger.AuditPage;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>What the filter line says, and what was found.</summary>
/// <param name="Fault">Why a part of the filter was left aside; null when all of it holds.</param>
internal sealed record AuditModel(string Actor, string Target, string Load, string? Fault, Entries Found);

/// <summary>Who did what to loads and lanes, when and why; newest first.</summary>
internal sealed class AuditPage(AuditModel model) : LoaderPage("Audit")
{
    private const int EntriesOnAPage = 100;

    public static async Task<RazorPage?> ReadAsync(PageRequest request)
    {
        string Said(string key) => request.Context.Request.GetQuery(key)?.Trim() ?? "";
        var (actor, target, load) = (Said("actor"), Said("target"), Said("load"));
        var queries = request.Get<ILoadQueries>();
        try
        {
            var filter = new AuditFilter(
                actor.Length > 0 ? actor : null, target.Length > 0 ? target : null, load.Length > 0 ? await queries.ResolveAsync(load, request.Token) : null);
            var after = Said("after");
            return new AuditPage(new AuditModel(
                actor, target, load, null, await queries.AuditAsync(filter, after.Length > 0 ? after : null, EntriesOnAPage, request.Token)));
        }
        catch (LoaderException fault)
        {
            return new AuditPage(new AuditModel(actor, target, load, $"{fault.Message} {fault.Hint}", new Entries([], null)));
        }
    }

    protected override Markup Body() => Markup.Of($"""
        <h1 class="page-header">Audit</h1>
        <form class="etl-filter form-inline" method="get" action="{Url.To("/audit")}">
        {Field("actor", "Who", model.Actor)}{Field("target", "Lane", model.Target)}{Field("load", "Load", model.Load)}
        <button type="submit" class="btn btn-default">Show</button>
        </form>
        {(model.Fault is null ? Markup.Empty : Markup.Of($"<div class=\"alert alert-warning\">{model.Fault}</div>"))}
        {Table()}
        {Next()}
        """);

    private static Markup Field(string name, string label, string value) => Markup.Of(
        $"<label for=\"etl-{name}\">{label}</label> <input class=\"form-control\" type=\"search\" id=\"etl-{name}\" name=\"{name}\" value=\"{value}\"> ");

    private Markup Table() => model.Found.Entries.Count == 0
        ? Markup.Of($"<div class=\"alert alert-info\">Nobody has done anything{(model.Actor.Length + model.Target.Length + model.Load.Length > 0 ? " that matches the filter" : " yet")}.</div>")
        : Markup.Of($"""
            <div class="etl-scroll" tabindex="0" role="region" aria-label="Audit"><table class="table">
            <thead><tr><th>When</th><th>Who</th><th>Action</th><th>Lane</th><th>Load</th><th>Why</th><th>Details</th></tr></thead>
            <tbody>{model.Found.Entries.Select(Row)}</tbody></table></div>
            """);

    private Markup Row(AuditEntry entry) => Markup.Of($"""
        <tr><td>{Format.Moment(entry.At)}</td><td>{Narrowed("actor", entry.Actor)}{Role(entry)}</td><td>{entry.Action}</td>
        <td>{(entry.Target is null ? Markup.Empty : Narrowed("target", entry.Target))}</td><td>{(entry.LoadId is { } load ? Link(load) : Markup.Empty)}</td>
        <td>{entry.Reason}</td><td class="etl-error">{entry.Details}</td></tr>
        """);

    private static Markup Role(AuditEntry entry) =>
        entry.DatabaseRole is null ? Markup.Empty : Markup.Of($"<br><small class=\"text-muted\">as {entry.DatabaseRole}</small>");

    private Markup Narrowed(string key, string value) => Markup.Of($"<a href=\"{Url.To("/audit")}?{key}={Uri.EscapeDataString(value)}\">{value}</a>");

    private Markup Next()
    {
        if (model.Found.Next is null)
        {
            return Markup.Empty;
        }

        var filter = new Dictionary<string, string?> { ["actor"] = model.Actor, ["target"] = model.Target, ["load"] = model.Load, ["after"] = model.Found.Next };
        return Markup.Of($"<a class=\"btn btn-default\" href=\"{QueryHelpers.AddQueryString(Url.To("/audit"), filter)}\">Older actions</a>");
    }
}

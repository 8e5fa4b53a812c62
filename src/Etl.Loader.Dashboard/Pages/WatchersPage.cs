using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

/// <param name="Inboxes">The configured inboxes, each of which someone should watch.</param>
internal sealed record WatchersModel(IReadOnlyList<WatcherReport> Watchers, IReadOnlyList<string> Inboxes, DateTimeOffset Now);

/// <summary>One row a watcher and inbox: whether it sees the inbox, how, and how far behind it is.</summary>
internal sealed class WatchersPage(WatchersModel model) : LoaderPage("Watchers")
{
    protected override Markup Body() => Markup.Of($"""
        <h1 class="page-header">Watchers</h1>
        <div class="etl-live">
        {Unwatched()}
        {(model.Watchers.Count == 0 ? Markup.Of($"<div class=\"alert alert-info\">No watcher has reported yet.</div>") : Table())}
        </div>
        """);

    private Markup Unwatched()
    {
        var watched = model.Watchers.Where(w => w.Reporting).Select(w => w.Inbox).ToHashSet(StringComparer.Ordinal);
        return Markup.Join(model.Inboxes.Where(i => !watched.Contains(i)).Select(inbox => Markup.Of(
            $"<div class=\"alert alert-danger\">Nobody watches inbox <strong>{inbox}</strong>: what is delivered there waits. Start <code>etl-loader watch</code> or <code>up</code>.</div>")));
    }

    private Markup Table() => Markup.Of($"""
        <div class="etl-scroll" tabindex="0" role="region" aria-label="Watchers"><table class="table">
        <thead><tr><th scope="col">Watcher</th><th scope="col">Inbox</th><th scope="col">State</th><th scope="col">Mode</th><th scope="col">Last event</th><th scope="col">Last scan</th><th scope="col">Lag</th><th scope="col">Last report</th><th scope="col">Version</th></tr></thead>
        <tbody>{model.Watchers.OrderBy(w => (w.Host, w.ProcessId, w.Inbox)).Select(Row)}</tbody></table></div>
        """);

    private Markup Row(WatcherReport watcher) => Markup.Of($"""
        <tr><td>{watcher.Host}:{watcher.ProcessId}</td><td><strong>{watcher.Inbox}</strong></td><td>{State(watcher)}</td><td>{watcher.Mode}</td>
        <td>{Format.Moment(watcher.LastEventAt)}</td><td>{Format.Moment(watcher.LastScanAt)}</td><td>{Lag(watcher)}</td>
        <td>{Format.Moment(watcher.ReportedAt)}</td><td title="{watcher.Version}">{Short(watcher.Version)}</td></tr>
        """);

    private static Markup State(WatcherReport watcher)
    {
        var (style, text) = watcher switch
        {
            { Reporting: false } => ("danger", watcher.Says),
            { Watches: true } => ("success", watcher.Says),
            _ => ("warning", watcher.Says.Split(':')[0]),
        };
        var rest = watcher.State == text ? Markup.Empty : Markup.Of($"<div class=\"etl-error text-muted\">{(watcher.Reporting ? "" : "last seen: ")}{watcher.State}</div>");
        return Markup.Of($"<span class=\"label label-{style}\">{text}</span>{rest}");
    }

    /// <summary>For how long the oldest trigger that it has not accepted yet is there.</summary>
    private Markup Lag(WatcherReport watcher) => watcher.OldestWaitingAt is { } oldest
        ? Markup.Of($"{Format.Duration(TimeSpan.FromSeconds(Math.Max(0, Math.Floor((model.Now - oldest).TotalSeconds))))}")
        : Markup.Of($"none");

    /// <summary>With the first seven digits of the commit.</summary>
    private static string? Short(string? version) => version?.IndexOf('+', StringComparison.Ordinal) is >= 0 and var plus && version.Length > plus + 8 ? version[..(plus + 8)] : version;
}

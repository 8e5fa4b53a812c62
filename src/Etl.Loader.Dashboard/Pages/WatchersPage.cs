using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>One row a watcher and inbox: whether it sees the inbox, how, and how far behind it is.</summary>
internal sealed class WatchersPage(IReadOnlyList<WatcherReport> watchers) : LoaderPage("Watchers")
{
    protected override Markup Body() => Markup.Of($"""
        <h1 class="page-header">Watchers</h1>
        <div class="etl-live etl-scroll"><table class="table">
        <thead><tr><th>Inbox</th><th>State</th><th>Mode</th><th>Host</th><th>Last event</th><th>Last scan</th><th>Oldest waiting</th><th>Version</th></tr></thead>
        <tbody>{watchers.Select(Row)}</tbody></table></div>
        {(watchers.Count == 0 ? Markup.Of($"<div class=\"alert alert-info\">No watcher has reported yet.</div>") : Markup.Empty)}
        """);

    private static Markup Row(WatcherReport watcher) => Markup.Of($"""
        <tr><td><strong>{watcher.Inbox}</strong></td><td><span class="label label-{(watcher.State == "watching" ? "success" : "warning")}">{watcher.State}</span></td>
        <td>{watcher.Mode}</td><td>{watcher.Host}:{watcher.ProcessId}</td><td>{Format.Moment(watcher.LastEventAt)}</td><td>{Format.Moment(watcher.LastScanAt)}</td>
        <td>{Format.Moment(watcher.OldestWaitingAt)}</td><td>{watcher.Version}</td></tr>
        """);
}

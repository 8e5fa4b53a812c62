using Etl.Loader.Ledger;
using Hangfire.Dashboard;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>The way to a table's page.</summary>
internal static class TableLink
{
    /// <summary>The route that <see cref="Path"/> leads to; letters of any script are in names.</summary>
    public const string Route = "/tables/(?<target>[^/]+)/(?<table>[^/]+)";

    public static Markup Of(TableKey table, UrlHelper url) => Markup.Of($"<a href=\"{url.To(Path(table))}\">{table.FullName}</a>");

    public static string Path(TableKey table) => $"/tables/{Uri.EscapeDataString(table.Target)}/{Uri.EscapeDataString(table.FullName)}";
}

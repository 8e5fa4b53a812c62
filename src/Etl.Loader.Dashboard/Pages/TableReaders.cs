using System.Globalization;
using Etl.Loader.Inboxes;
using Etl.Loader.Inboxes.Due;
using Etl.Loader.Ledger;
using Hangfire.Dashboard;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>Reads the models of the pages about tables.</summary>
internal static class TableReaders
{
    private const int OnAPage = 50;

    public static async Task<RazorPage?> TablesAsync(PageRequest request)
    {
        var queries = request.Get<ITableQueries>();
        var filter = request.Context.Request.GetQuery("q") ?? "";
        var late = await LateAsync(request);
        var (page, error) = await ListAsync(queries, filter, request.Context.Request.GetQuery("after"), request.Token);
        return new TablesPage(new TablesModel(filter, error, page, late, NextDue(request)));
    }

    public static async Task<RazorPage?> TableAsync(PageRequest request)
    {
        var match = request.Context.UriMatch.Groups;
        var key = TableKey.Parse(match["target"].Value, match["table"].Value);
        var queries = request.Get<ITableQueries>();
        if (await queries.FindTablesAsync([key], request.Token) is not [var table])
        {
            return null;
        }

        var below = long.TryParse(request.Context.Request.GetQuery("below"), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : (long?)null;
        var loads = await queries.TableLoadsAsync(key, below, OnAPage + 1, request.Token);
        var shown = loads.Take(OnAPage).ToList();
        return new TableDetailsPage(new TableModel(
            table, shown, loads.Count > OnAPage ? shown[^1].Sequence : null, await LateAsync(request), NextDue(request)(table.Newest)));
    }

    public static Task<IReadOnlyList<LateDelivery>> LateAsync(PageRequest request) => request.Get<ILateDeliveries>().ListAsync(request.Token);

    /// <summary>A key that is none is said so, and shows the first page.</summary>
    private static async Task<(TablePage Page, string? Error)> ListAsync(ITableQueries queries, string filter, string? after, CancellationToken token)
    {
        try
        {
            return (await queries.TablesAsync(filter, after, OnAPage, token), null);
        }
        catch (LoaderException fault)
        {
            return (await queries.TablesAsync(filter, null, OnAPage, token), $"{fault.Message} {fault.Hint}");
        }
    }

    private static Func<TableLoad, DateTimeOffset?> NextDue(PageRequest request)
    {
        var now = request.Get<TimeProvider>().GetUtcNow();
        var inboxes = request.Get<InboxCatalog>().All.ToDictionary(i => i.Name, StringComparer.Ordinal);
        return load => inboxes.TryGetValue(load.Inbox, out var inbox) && inbox.RuleOf(load.Dataset)?.Due is { } due ? DueMoments.Next(due, now) : null;
    }
}

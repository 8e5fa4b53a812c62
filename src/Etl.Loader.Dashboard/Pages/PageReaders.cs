using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Hangfire.Dashboard;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>Reads each page's model from the ledger's reading side.</summary>
internal static class PageReaders
{
    private const int LoadsOnAPage = 50;

    public static async Task<RazorPage?> LoadsAsync(PageRequest request)
    {
        var queries = request.Get<ILoadQueries>();
        var text = request.Context.Request.GetQuery("q") ?? "";
        var (filter, error) = ParseFilter(text);
        var page = await queries.ListAsync(filter, request.Context.Request.GetQuery("after"), LoadsOnAPage, request.Token);
        var running = await queries.ListAsync(new LoadFilter { Statuses = [LoadStatus.Loading] }, null, LoadsOnAPage, request.Token);
        return new LoadsPage(new LoadsModel(
            text, error, page, await queries.CountAsync(request.Token), await queries.LanesAsync(request.Token), running.Loads))
        {
            Late = await TableReaders.LateAsync(request),
        };
    }

    public static async Task<RazorPage?> LoadAsync(PageRequest request) =>
        LoadId.TryParse(request.Context.UriMatch.Groups["id"].Value, out var id)
        && await request.Get<ILoadQueries>().FindAsync(id, request.Token) is { } details
            ? new LoadDetailsPage(details)
            : null;

    public static async Task<RazorPage?> LanesAsync(PageRequest request)
    {
        var queries = request.Get<ILoadQueries>();
        var running = await queries.ListAsync(new LoadFilter { Statuses = [LoadStatus.Loading] }, null, LoadsOnAPage, request.Token);
        return new LanesPage(new LanesModel(await queries.LanesAsync(request.Token), running.Loads, request.Get<TimeProvider>().GetUtcNow()));
    }

    public static async Task<RazorPage?> WatchersAsync(PageRequest request) => new WatchersPage(new WatchersModel(
        await request.Get<ILoadQueries>().WatchersAsync(request.Token),
        [.. request.Get<InboxCatalog>().All.Select(i => i.Name)],
        request.Get<TimeProvider>().GetUtcNow()));

    /// <summary>A filter that cannot be read is said so, and shows all loads.</summary>
    private static (LoadFilter Filter, string? Error) ParseFilter(string text)
    {
        try
        {
            return (LoadFilter.Parse(text), null);
        }
        catch (LoaderException fault)
        {
            return (new LoadFilter(), $"{fault.Message} {fault.Hint}");
        }
    }
}

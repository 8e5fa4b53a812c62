using System.Globalization;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Hangfire.Dashboard;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>Reads each page's model from the ledger's reading side.</summary>
internal static class PageReaders
{
    private const int LoadsOnAPage = 50;
    private const int FirstShown = 20;

    public static async Task<RazorPage?> LoadsAsync(PageRequest request)
    {
        var readings = request.Get<LoadReadings>();
        var text = request.Context.Request.GetQuery("q") ?? "";
        var (filter, error) = ParseFilter(text);
        var after = request.Context.Request.GetQuery("after");
        return new LoadsPage(new LoadsModel(
            text,
            error,
            await readings.ListAsync(filter, long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? after : null, LoadsOnAPage, request.Token),
            await readings.CountsAsync(request.Token),
            await readings.LanesAsync(request.Token),
            await readings.CausesAsync(request.Token),
            await readings.RecentAsync(request.Token)))
        {
            Late = await TableReaders.LateAsync(request),
        };
    }

    public static async Task<RazorPage?> LoadAsync(PageRequest request)
    {
        var queries = request.Get<ILoadQueries>();
        var text = Uri.UnescapeDataString(request.Context.UriMatch.Groups["id"].Value);
        if (!LoadId.TryParse(text, out var id))
        {
            return await FindAsync(queries, text, request.Token);
        }

        if (await queries.FindAsync(id, request.Token) is not { } details)
        {
            return new MissingPage("No such load", $"The ledger has no load {text}.");
        }

        if (details.Load.Status.HasOutcome())
        {
            return new LoadDetailsPage(new LoadModel(details, null, null, null));
        }

        var readings = request.Get<LoadReadings>();
        return new LoadDetailsPage(new LoadModel(
            details,
            (await readings.RunningAsync(request.Token)).FirstOrDefault(r => r.LoadId == id),
            (await readings.LanesAsync(request.Token)).FirstOrDefault(l => l.Target == details.Load.Spec.Target),
            details.Load.Status == LoadStatus.Loading ? null : await queries.PlaceInLineAsync(id, request.Token)));
    }

    /// <summary>An id in its short form leads to the page of its load.</summary>
    private static async Task<RazorPage> FindAsync(ILoadQueries queries, string text, CancellationToken token)
    {
        try
        {
            return new MovedPage("/loads/" + await queries.ResolveAsync(text, token));
        }
        catch (LoaderException fault)
        {
            return new MissingPage("No such load", fault.Message);
        }
    }

    /// <summary>What an action on many loads would be done to; reads only.</summary>
    public static async Task<RazorPage?> BulkAsync(PageRequest request)
    {
        var queries = request.Get<ILoadQueries>();
        var kind = request.Context.Request.GetQuery("action") == "cancel" ? BulkKind.Cancel : BulkKind.Requeue;
        var chosen = BulkDispatcher.Chosen(string.Join(',', request.Context.GetHttpContext().Request.Query["id"].ToArray()));
        if (chosen.Count > 0)
        {
            var found = new List<LoadSummary>();
            foreach (var load in chosen.Take(FirstShown))
            {
                if (await queries.FindAsync(load, request.Token) is { Load: var record })
                {
                    found.Add(LoadDetailsPage.Summary(record));
                }
            }

            return new BulkPage(new BulkModel(kind, "", chosen, new MatchSummary(chosen.Count, 0, [], []), found, Guid.CreateVersion7(request.Get<TimeProvider>().GetUtcNow())));
        }

        var text = request.Context.Request.GetQuery("q") ?? "";
        var (filter, error) = ParseFilter(text);
        if (error is not null || BulkActions.Narrow(kind, filter) is not { } narrowed)
        {
            return new BulkPage(new BulkModel(kind, text, null, new MatchSummary(0, 0, [], []), [], Guid.CreateVersion7(request.Get<TimeProvider>().GetUtcNow())));
        }

        var summary = await queries.SummarizeAsync(narrowed, request.Token);
        var first = await queries.ListAsync(narrowed, null, FirstShown, request.Token);
        return new BulkPage(new BulkModel(kind, text, null, summary, first.Loads, Guid.CreateVersion7(request.Get<TimeProvider>().GetUtcNow())));
    }

    public static async Task<RazorPage?> LanesAsync(PageRequest request)
    {
        var queries = request.Get<ILoadQueries>();
        var running = await request.Get<LoadReadings>().RunningAsync(request.Token);
        return new LanesPage(new LanesModel(await queries.LanesAsync(request.Token), running));
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

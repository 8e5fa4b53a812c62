using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Masking;

/// <summary>The reading side of the ledger as pages and API have it: whatever asks it in the request of a viewer gets masked answers, a page that is added later too.</summary>
internal sealed class MaskedQueries(ILoadQueries loads, ITableQueries tables, MaskingRule rule) : ILoadQueries, ITableQueries
{
    public async Task<LoadPage> ListAsync(LoadFilter filter, string? after, int limit, CancellationToken token)
    {
        if (!rule.Applies)
        {
            return await loads.ListAsync(filter, after, limit, token);
        }

        var page = await loads.ListAsync(filter.Masked(), after, limit, token);
        return page with { Loads = [.. page.Loads.Select(Masks.Masked)] };
    }

    public Task<LoadDetails?> FindAsync(LoadId load, CancellationToken token) => MaskAsync(loads.FindAsync(load, token), details => details?.Masked());

    public Task<LoadId?> FindDeliveryAsync(string inbox, string delivery, CancellationToken token) => loads.FindDeliveryAsync(inbox, delivery, token);

    public Task<LoadId> ResolveAsync(string text, CancellationToken token) => loads.ResolveAsync(text, token);

    public Task<IReadOnlyList<LaneStatus>> LanesAsync(CancellationToken token) => MaskEachAsync(loads.LanesAsync(token), Masks.Masked);

    public Task<IReadOnlyList<WatcherReport>> WatchersAsync(CancellationToken token) => loads.WatchersAsync(token);

    public Task<StatusCounts> CountAsync(CancellationToken token) => loads.CountAsync(token);

    public Task<AuditPage> AuditAsync(AuditFilter filter, string? after, int limit, CancellationToken token) => loads.AuditAsync(filter, after, limit, token);

    public Task<MatchSummary> SummarizeAsync(LoadFilter filter, CancellationToken token) =>
        MaskAsync(loads.SummarizeAsync(rule.Applies ? filter.Masked() : filter, token), Masks.Masked);

    public Task<IReadOnlyList<MatchedLoad>> MatchingAsync(LoadFilter filter, long after, long upTo, int limit, CancellationToken token) =>
        loads.MatchingAsync(rule.Applies ? filter.Masked() : filter, after, upTo, limit, token);

    public Task<IReadOnlyList<LaneOutlook>> OutlookAsync(CancellationToken token) => MaskEachAsync(loads.OutlookAsync(token), Masks.Masked);

    public Task<IReadOnlyList<RunningLoad>> RunningAsync(CancellationToken token) => MaskEachAsync(loads.RunningAsync(token), Masks.Masked);

    public Task<IReadOnlyList<LoadSummary>> RecentAsync(int limit, CancellationToken token) => MaskEachAsync(loads.RecentAsync(limit, token), Masks.Masked);

    public Task<IReadOnlyList<FailureCause>> CausesAsync(int limit, CancellationToken token) => MaskEachAsync(loads.CausesAsync(limit, token), Masks.Masked);

    public Task<StatusCounts> CountUpToAsync(int most, CancellationToken token) => loads.CountUpToAsync(most, token);

    public Task<PlaceInLine> PlaceInLineAsync(LoadId load, CancellationToken token) => loads.PlaceInLineAsync(load, token);

    public Task<TablePage> TablesAsync(string? pattern, string? after, int limit, CancellationToken token) =>
        MaskAsync(tables.TablesAsync(pattern, after, limit, token), page => page with { Tables = [.. page.Tables.Select(Masks.Masked)] });

    public Task<IReadOnlyList<TableSummary>> FindTablesAsync(IReadOnlyList<TableKey> wanted, CancellationToken token) =>
        MaskEachAsync(tables.FindTablesAsync(wanted, token), Masks.Masked);

    public Task<IReadOnlyList<TableLoad>> TableLoadsAsync(TableKey table, long? below, int limit, CancellationToken token) =>
        MaskEachAsync(tables.TableLoadsAsync(table, below, limit, token), Masks.Masked);

    public Task<IReadOnlyList<RecentDelivery>> RecentDeliveriesAsync(IReadOnlyList<DeliveryWindow> windows, CancellationToken token) =>
        tables.RecentDeliveriesAsync(windows, token);

    public Task<LastDelivery?> LastDeliveryAsync(DeliverySource source, CancellationToken token) => tables.LastDeliveryAsync(source, token);

    private async Task<T> MaskAsync<T>(Task<T> reading, Func<T, T> mask)
    {
        var masked = rule.Applies;
        var found = await reading;
        return masked ? mask(found) : found;
    }

    private async Task<IReadOnlyList<T>> MaskEachAsync<T>(Task<IReadOnlyList<T>> reading, Func<T, T> mask)
    {
        var masked = rule.Applies;
        var found = await reading;
        return masked ? [.. found.Select(mask)] : found;
    }
}

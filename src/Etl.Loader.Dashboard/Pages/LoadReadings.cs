using Etl.Loader.Dashboard.Masking;
using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>
/// What the pages of loads show, read once for all open tabs of this process: progress often, the rest as often as it needs. Viewers of masked answers share them
/// with each other only.
/// </summary>
internal sealed class LoadReadings(ILoadQueries queries, MaskingRule masking, TimeProvider time)
{
    /// <summary>Counts go up to here; a tab says "100,000+".</summary>
    public const int MostCounted = 100_000;

    private const int Causes = 20;
    private const int Bars = 50;

    private readonly SharedReading<bool, IReadOnlyList<RunningLoad>> _running = new(TimeSpan.FromMilliseconds(250), time);
    private readonly SharedReading<bool, IReadOnlyList<LaneOutlook>> _lanes = new(TimeSpan.FromSeconds(1.5), time);
    private readonly SharedReading<bool, IReadOnlyList<LoadSummary>> _recent = new(TimeSpan.FromSeconds(2), time);
    private readonly SharedReading<bool, IReadOnlyList<FailureCause>> _causes = new(TimeSpan.FromSeconds(5), time);
    private readonly SharedReading<bool, StatusCounts> _counts = new(TimeSpan.FromSeconds(5), time);
    private readonly SharedReading<(string, string?, int, bool), LoadPage> _lists = new(TimeSpan.FromSeconds(1.5), time);

    public Task<IReadOnlyList<RunningLoad>> RunningAsync(CancellationToken token) => _running.GetAsync(masking.Applies, queries.RunningAsync, token);

    /// <summary>With the progress of what runs as it is now.</summary>
    public async Task<IReadOnlyList<LaneOutlook>> LanesAsync(CancellationToken token)
    {
        var lanes = await _lanes.GetAsync(masking.Applies, queries.OutlookAsync, token);
        var running = await RunningAsync(token);
        return [.. lanes.Select(lane => running.FirstOrDefault(r => r.LoadId == lane.Running?.LoadId) is { } now ? lane with { Running = now, ReadAt = now.ReadAt } : lane)];
    }

    public Task<IReadOnlyList<LoadSummary>> RecentAsync(CancellationToken token) => _recent.GetAsync(masking.Applies, t => queries.RecentAsync(Bars, t), token);

    public Task<IReadOnlyList<FailureCause>> CausesAsync(CancellationToken token) => _causes.GetAsync(masking.Applies, t => queries.CausesAsync(Causes, t), token);

    public Task<StatusCounts> CountsAsync(CancellationToken token) => _counts.GetAsync(masking.Applies, t => queries.CountUpToAsync(MostCounted, t), token);

    public Task<LoadPage> ListAsync(LoadFilter filter, string? after, int limit, CancellationToken token) =>
        _lists.GetAsync((filter.Format(), after, limit, masking.Applies), t => queries.ListAsync(filter, after, limit, t), token);

    /// <summary>After an action: the next look is to show it.</summary>
    public void Forget()
    {
        _lanes.Forget();
        _causes.Forget();
        _counts.Forget();
        _lists.Forget();
        _recent.Forget();
    }
}

using Etl.Loader.Inboxes.Due;
using Etl.Loader.Ledger;
using Etl.Loader.Targets;
using Microsoft.Extensions.DependencyInjection;

namespace Etl.Loader.App.Commands;

/// <summary>How the installation stands, and which work no one does: the same judgement for <c>status</c>, <c>status --watch</c> and <c>doctor</c>.</summary>
internal sealed class StatusReading(ILoadQueries queries, ILateDeliveries late, IReadOnlyCollection<string> targets)
{
    private const int MostRunning = 50;

    public static StatusReading Of(IServiceProvider services) => new(
        services.GetRequiredService<ILoadQueries>(),
        services.GetRequiredService<ILateDeliveries>(),
        [.. services.GetRequiredService<TargetCatalog>().Names]);

    public Task<IReadOnlyList<LoadSummary>> RecentAsync(int limit, CancellationToken token) => queries.RecentAsync(limit, token);

    public async Task<StatusCommand.Status> ReadAsync(CancellationToken token)
    {
        var active = await queries.ListAsync(new LoadFilter { Statuses = [LoadStatus.Loading, LoadStatus.Retrying] }, null, MostRunning, token);
        return new StatusCommand.Status(
            (await queries.CountAsync(token)).Counts,
            active.Loads,
            await queries.LanesAsync(token),
            await queries.WatchersAsync(token),
            await late.ListAsync(token));
    }

    public IReadOnlyList<Unattended> Missing(StatusCommand.Status status) => Unattended.Find(status.Lanes, status.Watchers, targets);
}

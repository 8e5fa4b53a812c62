using Etl.Loader.App.Composition;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Targets;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Etl.Loader.App.Checking;

/// <summary>What a check can know beside the file: inboxes, targets and history, each only where there is one. A check needs none of them.</summary>
internal sealed class CheckContext(LoaderAccess? loader) : IAsyncDisposable
{
    private const int LoadsLookedAt = 20;

    public InboxCatalog? Inboxes => loader?.Services.GetService<InboxCatalog>();

    private TargetCatalog? Targets => loader?.Services.GetService<TargetCatalog>();

    public static CheckContext Find(Func<LoaderAccess> connect)
    {
        try
        {
            return new CheckContext(connect());
        }
        catch (NotReachableException)
        {
            return new CheckContext(null);
        }
    }

    /// <summary>Null where nothing is configured. Throws <see cref="LoaderException"/> for a target that is named and not configured.</summary>
    public ILoadTarget? Target(string? name) => name is null ? null : Targets is { } targets
        ? targets.Get(name)
        : throw new NotReachableException($"Target '{name}' is not known: no configuration was found.", "Start `etl-loader up`, or pass --home or --set.");

    /// <summary>Bytes a second of the target's newest loads; null without history, or when the queue database does not answer.</summary>
    public async Task<double?> RateAsync(string target, CancellationToken token)
    {
        try
        {
            var filter = new LoadFilter { Target = target, Statuses = [LoadStatus.Loaded] };
            var page = loader is null ? null : await loader.Queries.ListAsync(filter, null, LoadsLookedAt, token);
            var reported = page?.Loads.Where(l => l is { StartedAt: not null, FinishedAt: not null, BytesTotal: > 0 }).ToArray() ?? [];
            var seconds = reported.Sum(l => (l.FinishedAt!.Value - l.StartedAt!.Value).TotalSeconds);
            return seconds > 0 ? reported.Sum(l => l.BytesTotal!.Value) / seconds : null;
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => loader?.DisposeAsync() ?? ValueTask.CompletedTask;
}

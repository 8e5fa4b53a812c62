using Etl.Loader.Ledger;

namespace Etl.Loader.Queue.Actions;

/// <summary>What can be done to many loads at once.</summary>
internal enum BulkKind
{
    Requeue,
    Cancel,
}

/// <summary>What a part of a bulk action came to.</summary>
/// <param name="Next">The place in the order of acceptance to resume from; null when nothing is left.</param>
internal sealed record BulkPart(IReadOnlyList<LoadId> Done, IReadOnlyList<BulkRefusal> Refused, long? Next);

internal sealed record BulkRefusal(LoadId Load, string Reason);

/// <summary>
/// The same action on many loads, each by the rules of <see cref="ILoadActions"/> and with a line of its own in the audit. In parts that end after
/// seconds, so that no request runs long; a part that is asked for twice finds its loads changed and is refused load by load.
/// </summary>
internal sealed class BulkActions(ILoadQueries queries, ILoadActions actions, TimeProvider time)
{
    private const int MostInAPart = 100;
    private static readonly TimeSpan LongestPart = TimeSpan.FromSeconds(2);

    /// <summary>The filter narrowed to loads that the action can be done to; null where it excludes them all.</summary>
    public static LoadFilter? Narrow(BulkKind kind, LoadFilter filter)
    {
        LoadStatus[] able = kind == BulkKind.Requeue
            ? [LoadStatus.Failed, LoadStatus.Cancelled]
            : [LoadStatus.Queued, LoadStatus.Loading, LoadStatus.Retrying];
        var statuses = filter.MeantStatuses;
        LoadStatus[] left = statuses.Count == 0 ? able : [.. able.Intersect(statuses)];
        return left.Length == 0 ? null : filter with { Statuses = left };
    }

    /// <summary>The next loads that match, in the order of acceptance.</summary>
    /// <param name="after">Where the last part ended; 0 at first.</param>
    /// <param name="upTo">From the preview: later loads are none of them.</param>
    public async Task<BulkPart> RunMatchingAsync(BulkKind kind, LoadFilter filter, long after, long upTo, Actor actor, CancellationToken token)
    {
        if (Narrow(kind, filter) is not { } narrowed)
        {
            return new BulkPart([], [], null);
        }

        var loads = await queries.MatchingAsync(narrowed, after, upTo, MostInAPart, token);
        var (part, taken) = await RunAsync(kind, [.. loads.Select(l => l.Load)], actor, token);
        return part with { Next = taken < loads.Count || loads.Count == MostInAPart ? loads[taken - 1].Sequence : null };
    }

    /// <summary>The given loads; <see cref="BulkPart.Next"/> is how many of them were come to, null for all.</summary>
    public async Task<BulkPart> RunChosenAsync(BulkKind kind, IReadOnlyList<LoadId> loads, Actor actor, CancellationToken token)
    {
        var (part, taken) = await RunAsync(kind, loads, actor, token);
        return part with { Next = taken < loads.Count ? taken : null };
    }

    private async Task<(BulkPart Part, int Taken)> RunAsync(BulkKind kind, IReadOnlyList<LoadId> loads, Actor actor, CancellationToken token)
    {
        var began = time.GetTimestamp();
        var done = new List<LoadId>();
        var refused = new List<BulkRefusal>();
        foreach (var load in loads)
        {
            try
            {
                await (kind == BulkKind.Requeue ? actions.RequeueAsync(load, actor, token) : actions.CancelAsync(load, actor, token));
                done.Add(load);
            }
            catch (LoaderException refusal)
            {
                refused.Add(new BulkRefusal(load, $"{refusal.Message} {refusal.Hint}".Trim()));
            }

            if (time.GetElapsedTime(began) > LongestPart)
            {
                break;
            }
        }

        return (new BulkPart(done, refused, null), done.Count + refused.Count);
    }
}

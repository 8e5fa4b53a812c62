namespace Etl.Loader.Ledger;

/// <summary>What a filter matches, before something is done to it.</summary>
/// <param name="Newest">The highest place in the order of acceptance among them; what is accepted later is none of them.</param>
/// <param name="Causes">The most frequent causes of the failed among them.</param>
/// <param name="Tables">The tables with the most of them, as "target table".</param>
internal sealed record MatchSummary(long Loads, long Newest, IReadOnlyList<MatchGroup> Causes, IReadOnlyList<MatchGroup> Tables);

/// <param name="Key">Id of the cause, or the table.</param>
internal sealed record MatchGroup(string Key, string Text, long Loads);

internal readonly record struct MatchedLoad(LoadId Load, long Sequence);

internal partial interface ILoadQueries
{
    /// <summary>The filter must name statuses.</summary>
    Task<MatchSummary> SummarizeAsync(LoadFilter filter, CancellationToken token);

    /// <summary>In the order of acceptance, after one place in it and up to another. The filter must name statuses.</summary>
    Task<IReadOnlyList<MatchedLoad>> MatchingAsync(LoadFilter filter, long after, long upTo, int limit, CancellationToken token);
}

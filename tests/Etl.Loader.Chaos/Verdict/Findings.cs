using System.Collections.Concurrent;

namespace Etl.Loader.Chaos.Verdict;

/// <summary>What was found so far, from any thread; the same thing found again counts once.</summary>
internal sealed class Findings
{
    private readonly ConcurrentDictionary<string, Finding> _byText = new();

    public int Count => _byText.Count;

    public IReadOnlyList<Finding> All => [.. _byText.Values.OrderBy(f => f.At)];

    /// <param name="at">Null: no moment can be named.</param>
    public void Add(Harm harm, string what, DateTimeOffset? at) => _byText.TryAdd(what, new Finding(harm, what, at));
}

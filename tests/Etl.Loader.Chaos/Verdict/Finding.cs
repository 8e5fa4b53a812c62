namespace Etl.Loader.Chaos.Verdict;

internal enum Harm
{
    Lost,
    Doubled,
    Torn,
    Overlapped,

    /// <summary>Everything else that must not be: a process that ended on its own, a lane that stood still.</summary>
    Other,
}

/// <summary>A promise that was broken.</summary>
/// <param name="At">When, as nearly as known: decides to which fault it is counted; null: to none.</param>
internal sealed record Finding(Harm Harm, string What, DateTimeOffset? At);

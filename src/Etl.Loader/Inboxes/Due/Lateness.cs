namespace Etl.Loader.Inboxes.Due;

/// <summary>Whether what was expected by a due moment has come.</summary>
internal static class Lateness
{
    /// <summary>
    /// A delivery is that of the next due moment after it. Only where the due moment before it was missed does it belong to the nearer of the two: what
    /// came half an hour late yesterday is not today's.
    /// </summary>
    /// <param name="before">The due moment before <paramref name="due"/>.</param>
    /// <param name="last">The newest delivery up to now; null: none since the due moment before <paramref name="before"/>.</param>
    /// <param name="earlierCame">Whether one came in time for <paramref name="before"/>.</param>
    public static bool IsLate(DateTimeOffset before, DateTimeOffset due, DateTimeOffset? last, bool earlierCame) =>
        last is not { } at || at <= before || (!earlierCame && at - before < due - at);
}

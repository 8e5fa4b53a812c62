namespace Etl.Loader.Fuzz.Verdict;

internal enum Ending
{
    /// <summary>The rows that were meant, and the rejects that were meant.</summary>
    Right,

    /// <summary>Refused with a message for people, where that is allowed.</summary>
    Refused,

    /// <summary>Another table, another exception, or a refusal of what is sound.</summary>
    Wrong,
}

/// <param name="What">Of a refusal or fault, for people.</param>
internal sealed record Outcome(Ending Ending, long Rows = 0, long Rejects = 0, string What = "")
{
    public static Outcome Wrong(string what) => new(Ending.Wrong, What: what);
}

/// <summary>Something is not as it was meant.</summary>
internal sealed class DifferenceException(string what) : Exception(what);

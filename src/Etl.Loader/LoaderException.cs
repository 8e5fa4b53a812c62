namespace Etl.Loader;

/// <summary>
/// A fault of the data, the delivery or the configuration that a person can fix. The message names the thing, the value and what
/// was expected; <see cref="Hint"/> says what to do next. Faults of our own code are the framework's exceptions instead.
/// </summary>
internal class LoaderException : Exception
{
    public LoaderException(string message, string? hint = null, Exception? inner = null)
        : base(message, inner) => Hint = hint;

    /// <summary>What to do next, in one sentence; null where the message says it already.</summary>
    public string? Hint { get; }
}

/// <summary>A load, lane or inbox is named that there is not.</summary>
internal sealed class UnknownNameException(string message, string? hint) : LoaderException(message, hint);

/// <summary>The dataset itself cannot be loaded as it is. Permanent: it is not tried again until someone changes something.</summary>
internal sealed class DatasetException : LoaderException
{
    public DatasetException(string message, string? hint = null, string? file = null, long? line = null, string? column = null, Exception? inner = null)
        : base(message, hint, inner)
    {
        File = file;
        Line = line;
        Column = column;
    }

    /// <summary>The file's path inside its inbox.</summary>
    public string? File { get; }

    /// <summary>The physical line, counted from 1.</summary>
    public long? Line { get; }

    public string? Column { get; }

    /// <summary>What could be said in the trigger to settle it, as the hint says it in words; empty where nothing can be chosen.</summary>
    public IReadOnlyList<Survey.DialectOffer> Choices { get; init; } = [];
}

namespace Etl.Loader.Faults;

/// <summary>What a failure means for a load. Decided by codes alone, in the tables of this folder and of the targets.</summary>
internal enum FaultKind
{
    /// <summary>What is needed is away, full, read-only, refuses sessions or is out of connections: wait and probe, use no attempt.</summary>
    Outage,

    /// <summary>Readers are in the way of publishing: set the load back, use no attempt, and let the lane continue.</summary>
    Busy,

    /// <summary>A conflict with another session: try again after a pause, counts as a failure.</summary>
    Transient,

    /// <summary>The data or the request is at fault: permanent immediately.</summary>
    Data,

    /// <summary>Another process holds the lane: change nothing.</summary>
    Fenced,

    /// <summary>In no table. Tried again like <see cref="Transient"/> and then failed, with its text shown; never waited for as an outage.</summary>
    Unknown,
}

/// <summary>A row of a table of faults.</summary>
/// <param name="Full">No space is left: what was asked answers all the same.</param>
internal sealed record FaultRow(FaultKind Kind, string? Hint = null, bool Full = false);

/// <summary>A failure as a table of faults reads it.</summary>
/// <param name="Words">What was said, for people.</param>
/// <param name="Answered">False: nothing answered; true: it answered, and refused.</param>
internal sealed record FaultReading(FaultKind Kind, string Words, bool Answered, string? Hint = null, bool Full = false)
{
    /// <summary>The sentence for people about something that has a name: "target warehouse does not answer: connection refused".</summary>
    public string Of(string who) => Answered ? $"{who}: {Words}" : $"{who} does not answer: {Words}";
}

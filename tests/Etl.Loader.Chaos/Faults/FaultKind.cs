namespace Etl.Loader.Chaos.Faults;

/// <summary>One way to break something. <see cref="Inject"/> returns when the fault itself is over; null when there was nothing to hit.</summary>
/// <param name="Part">What it breaks: faults of different parts can be injected at the same time.</param>
/// <param name="Inject">Returns the moment from which the installation can recover: the kill itself, or the end of an outage.</param>
internal sealed record FaultKind(string Name, Part Part, Func<Random, CancellationToken, Task<DateTimeOffset?>> Inject);

/// <summary>A part of the installation.</summary>
internal enum Part
{
    Watchers,

    /// <summary>And the DuckDB file, which only they open.</summary>
    Loaders,

    /// <summary>PostgreSQL, its sessions, its disk and the lines to it.</summary>
    Server,
}

/// <summary>A fault that was injected.</summary>
internal sealed record InjectedFault(string Kind, DateTimeOffset Begun, DateTimeOffset RecoversFrom)
{
    /// <summary>Until both lanes had published another load; null when they had not within the limit.</summary>
    public TimeSpan? Recovery { get; set; }
}

namespace Etl.Loader.Targets.DuckDb;

/// <summary>How a DuckDB target uses memory and shares its file with readers of other processes.</summary>
internal sealed record DuckDbSettings
{
    /// <summary>What DuckDB may allocate, in its own spelling; beyond it DuckDB works through its temporary files. Default 512MB.</summary>
    public string MemoryLimit { get; init; } = "512MB";

    /// <summary>
    /// How long the file stays closed for readers after a publish when the lane has been busy for longer than four times this span; zero: not
    /// at all. Loads that come one at a time are never slowed. Default 2 s.
    /// </summary>
    public TimeSpan ReaderWindow { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an open waits for a reader of another process before the target counts as away. Default 1 s.</summary>
    public TimeSpan LockPatience { get; init; } = TimeSpan.FromSeconds(1);
}

namespace Etl.Loader.Targets.DuckDb;

/// <summary>How a DuckDB target uses the machine and shares its file with readers of other processes.</summary>
internal sealed record DuckDbSettings
{
    /// <summary>What DuckDB may allocate, in its own spelling; beyond it DuckDB works through its temporary files.</summary>
    public required string MemoryLimit { get; init; }

    /// <summary>Threads that read, compress and write one load.</summary>
    public required int Threads { get; init; }

    /// <summary>A directory of this target alone for temporary files; null: in the private directory beside the file.</summary>
    public string? SpillDirectory { get; init; }

    /// <summary>
    /// How long the file stays closed for readers after a publish when the lane has been busy for longer than four times this span; zero: not
    /// at all. Loads that come one at a time are never slowed.
    /// </summary>
    public required TimeSpan ReaderWindow { get; init; }

    /// <summary>How long an open waits for a reader of another process before the target counts as away. Default 1 s.</summary>
    public TimeSpan LockPatience { get; init; } = TimeSpan.FromSeconds(1);

    public static DuckDbSettings Of(string target, TargetOptions options) => new()
    {
        MemoryLimit = options.MemoryLimit,
        Threads = options.Threads ?? Environment.ProcessorCount,
        SpillDirectory = options.TempDirectory is { } directory ? Path.Combine(directory, target + ".etl-loader") : null,
        ReaderWindow = options.ReaderWindow,
    };
}

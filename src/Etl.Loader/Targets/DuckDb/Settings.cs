using Etl.Loader.Targets.Staging;

namespace Etl.Loader.Targets.DuckDb;

/// <summary>How a DuckDB target uses the machine and shares its file with readers of other processes.</summary>
internal sealed record Settings
{
    /// <summary>What DuckDB may allocate, in its own spelling; beyond it DuckDB works through its temporary files.</summary>
    public required string MemoryLimit { get; init; }

    /// <summary>Threads of DuckDB's own, which read Parquet and build indexes.</summary>
    public required int Threads { get; init; }

    /// <summary>Sessions that write one large text dataset side by side.</summary>
    public int Streams { get; init; } = 2;

    /// <summary>
    /// About so many bytes of text are one chunk of a survey. Text datasets of at least as many are staged in chunks, over all streams, and have their rows
    /// not quite in the file's order. Default 64 MiB.
    /// </summary>
    public long ChunkBytes { get; init; } = 64L << 20;

    /// <summary>What a stream commits together: many row groups, since the last one of each transaction stays partly filled.</summary>
    public CommitLimits Commits => new(4 * ChunkBytes, 10_000);

    /// <summary>Rows times columns that are written before the file is closed and opened again. Default 64 million: some half GB of text.</summary>
    public long CellsOfOneOpening { get; init; } = 64_000_000;

    /// <summary>A directory of this target alone for temporary files; null: in the private directory beside the file.</summary>
    public string? SpillDirectory { get; init; }

    /// <summary>
    /// How long the file stays closed for readers after a publish when the lane has been busy for longer than four times this span; zero: not
    /// at all. Loads that come one at a time are never slowed.
    /// </summary>
    public required TimeSpan ReaderWindow { get; init; }

    /// <summary>How long an open waits for a reader of another process before the target counts as away. Default 1 s.</summary>
    public TimeSpan LockPatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The same for a load that has staged something already; ends before such a load counts as stalled. Default 5 min.</summary>
    public TimeSpan ReaderPatience { get; init; } = TimeSpan.FromMinutes(5);

    public static Settings Of(string target, TargetOptions options, long chunkBytes) => new()
    {
        MemoryLimit = options.MemoryLimit,
        Threads = options.Threads ?? Environment.ProcessorCount,
        Streams = options.Streams,
        ChunkBytes = chunkBytes,
        SpillDirectory = options.TempDirectory is { } directory ? Path.Combine(directory, target + ".etl-loader") : null,
        ReaderWindow = options.ReaderWindow,
        ReaderPatience = options.PublishWait / 2,
    };
}

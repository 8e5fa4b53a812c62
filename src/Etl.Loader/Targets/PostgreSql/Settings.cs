namespace Etl.Loader.Targets.PostgreSql;

/// <summary>Sizes and pauses that operators need not set; tests do.</summary>
internal sealed record Settings
{
    /// <summary>Datasets of at least this many bytes, after decompression where that is known, are staged in chunks with checkpoints. Default 2 GB.</summary>
    public long ChunkedFrom { get; init; } = 2_000_000_000;

    /// <summary>Datasets of at least this many bytes are staged over several streams, where the target has more than one. Default 256 MB.</summary>
    public long ParallelFrom { get; init; } = 256_000_000;

    /// <summary>Delivered bytes after which a stream commits what it has copied: what a restart costs at most, for each stream. Default 64 MiB.</summary>
    public long CommitFrom { get; init; } = 64L << 20;

    /// <summary>
    /// Rejects that one transaction keeps in memory until its rows are copied. Datasets that may have more are staged in several. Default 10,000.
    /// </summary>
    public long RejectsAtOnce { get; init; } = 10_000;

    /// <summary>How long one try for the table's lock may make new readers wait. Default 500 ms.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Pause between two tries, in which readers continue. Default 1 s.</summary>
    public TimeSpan LockPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long the server may take no rows, or give no answer, before it is asked over a new line what its session does. Default 10 s.
    /// </summary>
    public TimeSpan LinePatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a takeover waits for the sessions of older epochs to end. Default 60 s.</summary>
    public TimeSpan TakeoverWait { get; init; } = TimeSpan.FromSeconds(60);
}

namespace Etl.Loader.Loads;

/// <summary>What the operator wrote under <c>Loader:Loads</c>.</summary>
internal sealed class LoadOptions
{
    public const string Section = "Loader:Loads";

    /// <summary>
    /// Pauses before a load that failed for a reason that may pass is tried again; after the last the load is failed. Default 10 s, 1 min,
    /// 5 min, 15 min. Outages, shutdowns and takeovers use none of them.
    /// </summary>
    public TimeSpan[]? RetryDelays { get; set; }

    private static readonly TimeSpan[] DefaultRetryDelays =
        [TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)];

    /// <summary>The pauses in force. Apart from <see cref="RetryDelays"/>, since the binder adds to a list's default instead of replacing it.</summary>
    public IReadOnlyList<TimeSpan> Retries => RetryDelays ?? DefaultRetryDelays;

    /// <summary>
    /// A load whose loader's process died so often while it was worked on, without a new checkpoint in between, is failed; 0: never. Shutdowns, takeovers
    /// and restarts of a database do not count. Default 3.
    /// </summary>
    public int KillLimit { get; set; } = 3;

    /// <summary>
    /// A load that reads, surveys or stages without any progress for this long is ended and tried again; an attempt that then does not end within
    /// <see cref="StallGrace"/> (a hung mount) ends its process, for another one to continue. Default 10 min.
    /// </summary>
    public TimeSpan StallLimit { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a stalled attempt has to end on its own. Default 30 s.</summary>
    public TimeSpan StallGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long what a load has staged is kept on a disk that is full; then it is dropped and the load waits without it. Default 1 min.</summary>
    public TimeSpan FullDiskGrace { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest pause between two looks whether an outage is over. Default 5 s.</summary>
    public TimeSpan OutageProbe { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a load waits whose publishing readers were in the way of for too long. Default 30 s.</summary>
    public TimeSpan SetBackPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a load whose data changed after it was accepted waits for the trigger of the new delivery, from the last change on; then it fails. Default
    /// 2 min.
    /// </summary>
    public TimeSpan RedeliveryPatience { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How often a running load's progress is written. Default 1 s.</summary>
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// From this size on a dataset whose types only the table knows is surveyed before it is staged, in two readings. Below it is read once, and
    /// again only where the table's types turn out to be too narrow. Default 2 GB.
    /// </summary>
    public long SurveyFirstFrom { get; set; } = 2_000_000_000;

    /// <summary>
    /// From this size on a dataset is staged in chunks with checkpoints (PostgreSQL), from which an interrupted load continues. Below it an
    /// interrupted load starts again. Default 2 GB.
    /// </summary>
    public long ChunkedFrom { get; set; } = 2_000_000_000;

    /// <summary>About so many bytes of text are one chunk: what a restart costs at most, for each stream. At least 1; default 64 MiB.</summary>
    public long ChunkBytes { get; set; } = 64L << 20;

    /// <summary>From this size on a survey is kept with the load, so that an interrupted load need not repeat it. Default 64 MiB.</summary>
    public long KeepSurveyFrom { get; set; } = 64L << 20;
}

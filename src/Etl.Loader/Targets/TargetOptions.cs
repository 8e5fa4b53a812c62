namespace Etl.Loader.Targets;

internal enum TargetKind
{
    PostgreSql,
    DuckDb,
}

/// <summary>What the operator wrote under <c>Loader:Targets:&lt;name&gt;</c>.</summary>
internal sealed class TargetOptions
{
    public TargetKind Kind { get; set; }

    /// <summary>PostgreSQL: Npgsql connection string of the target database.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Schema of tables whose trigger names none. Default public (PostgreSQL) or main (DuckDB).</summary>
    public string? Schema { get; set; }

    /// <summary>Sessions that load one dataset side by side, 1 … 16. Default 2.</summary>
    public int Streams { get; set; } = 2;

    /// <summary>DuckDB: the database file, absolute.</summary>
    public string? Path { get; set; }

    /// <summary>DuckDB: memory of its own that it may use before it works through temporary files, e.g. "2GB"; at least 128 MB. Default 300MB.</summary>
    public string MemoryLimit { get; set; } = "300MB";

    /// <summary>DuckDB: threads of its own, which read Parquet and build indexes, 1 … 256. Default: one for each core.</summary>
    public int? Threads { get; set; }

    /// <summary>DuckDB: where temporary files go, absolute. Default: beside the database file.</summary>
    public string? TempDirectory { get; set; }

    /// <summary>
    /// DuckDB: how long the file stays closed after a publish, for readers of other processes, when the lane has been busy for longer than four
    /// times this span; 0 … 1 h, zero: not at all. Default 2 s.
    /// </summary>
    public TimeSpan ReaderWindow { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a publish waits for readers of old snapshots, or for a lock, before the load is set back; DuckDB: half of it for a reader that has
    /// the file open, also between two chunks. Default 10 min.
    /// </summary>
    public TimeSpan PublishWait { get; set; } = TimeSpan.FromMinutes(10);
}

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

    /// <summary>PostgreSQL: connections that load one dataset side by side, 1 … 16. Default 2.</summary>
    public int Streams { get; set; } = 2;

    /// <summary>DuckDB: the database file, absolute.</summary>
    public string? Path { get; set; }

    /// <summary>How long a publish waits for readers of old snapshots before the load is set back. Default 10 min.</summary>
    public TimeSpan PublishWait { get; set; } = TimeSpan.FromMinutes(10);
}

using Etl.Loader.Survey;

namespace Etl.Loader.App.Checking;

/// <summary>What was found out about one file. With an error: what the check had found before it.</summary>
internal sealed record CheckResult
{
    public required string File { get; init; }

    public string? Target { get; init; }

    public string? Table { get; init; }

    public DataFormat? Format { get; init; }

    public long? Bytes { get; init; }

    public long? Rows { get; init; }

    public string? Sha256 { get; init; }

    /// <summary>Of JSON lines only the encoding and the compression mean anything; null for Parquet.</summary>
    public Dialect? Dialect { get; init; }

    public IReadOnlyList<CheckedColumn> Columns { get; init; } = [];

    /// <summary>The statement that would make the table; null where it exists already.</summary>
    public string? Ddl { get; init; }

    /// <summary>Damaged records, all of them.</summary>
    public long Rejected { get; init; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<RejectedRecord> Rejects { get; init; } = [];

    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>From the rate of the target's last loads; null without history.</summary>
    public double? EstimatedSeconds { get; init; }

    public string? Error { get; init; }

    public long? Line { get; init; }

    public string? Hint { get; init; }
}

/// <param name="Type">As the target declares it.</param>
/// <param name="Existing">The type that the existing table has; null where there is none.</param>
/// <param name="Excluded">The first value that excluded the next narrower type.</param>
internal sealed record CheckedColumn(string Name, string Source, string Type, string? Existing, long Nulls, int MaxBytes, TypeExclusion? Excluded);

namespace Etl.Loader.Survey;

internal enum RaggedRows
{
    Reject,
    Pad,
}

internal enum DataFormat
{
    /// <summary>csv, tsv and what is like them.</summary>
    Delimited,
    JsonLines,
    Parquet,
}

/// <summary>What the producer says of a text dataset's form; null means: find out.</summary>
internal sealed record DialectSpec
{
    public string? Delimiter { get; init; }
    public string? Quote { get; init; }
    public string? Escape { get; init; }
    public string? Encoding { get; init; }
    public bool? Header { get; init; }
    public int? Skip { get; init; }
    public IReadOnlyList<string>? Null { get; init; }
    public string? Decimal { get; init; }
    public string? Date { get; init; }
    public string? Timestamp { get; init; }
}

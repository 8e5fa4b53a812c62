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

/// <summary>One of the answers to what a file does not show.</summary>
/// <param name="Label">For people: what sets it apart from the others.</param>
/// <param name="Set">What the trigger's <c>dialect</c> then says.</param>
internal sealed record DialectOffer(string Label, DialectSpec Set);

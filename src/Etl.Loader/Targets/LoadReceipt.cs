namespace Etl.Loader.Targets;

/// <summary>
/// The target's proof of a load, written in the publishing transaction. Rows read are always loaded plus rejected.
/// </summary>
internal sealed record LoadReceipt
{
    public required LoadId LoadId { get; init; }
    public required string Inbox { get; init; }
    public required string Dataset { get; init; }

    /// <summary>Schema-qualified.</summary>
    public required string TableName { get; init; }

    /// <summary>"replace" or "append".</summary>
    public required string Mode { get; init; }

    public required long RowsLoaded { get; init; }
    public required long RowsRejected { get; init; }
    public required long Bytes { get; init; }

    /// <summary>Lower-case hexadecimal SHA-256 over the dataset's bytes as delivered; of several files, over their hashes in order.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Order of acceptance of the load; decides which delivery is newer.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>Dialect, column mapping, proven types with their evidence, what was skipped or padded: JSON for people and tools.</summary>
    public required string Details { get; init; }
}

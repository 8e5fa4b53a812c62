using Etl.Loader.Survey;

namespace Etl.Loader.Ledger;

internal enum LoadMode
{
    Replace,
    Append,
}

internal enum LoadPriority
{
    Normal,
    High,
}

/// <summary>A data file as it was when the load was accepted. <paramref name="Path"/> is relative to the inbox, with '/'.</summary>
internal sealed record DataFile(string Path, long Bytes, DateTimeOffset ModifiedAt);

/// <summary>What the producer promises of the dataset; each is checked before publishing.</summary>
internal sealed record Expectation(long? Rows, long? Bytes, string? Sha256);

/// <summary>
/// All that was settled when a load was accepted: trigger over matching rule over built-in. Kept with the load as JSON, so that an
/// attempt, a requeue or another host needs neither the trigger nor the configuration of that moment.
/// </summary>
internal sealed record LoadSpec
{
    public required string Inbox { get; init; }

    /// <summary>The trigger's path inside the inbox without <c>.trigger</c>, with '/'.</summary>
    public required string Dataset { get; init; }

    public required string Target { get; init; }

    /// <summary>Schema of the table; null where the target's own default applies.</summary>
    public string? TableSchema { get; init; }

    /// <summary>The normalised table name.</summary>
    public required string TableName { get; init; }

    /// <summary>True where the trigger or a rule named the table: then two datasets may share it.</summary>
    public bool TableNamed { get; init; }

    public required IReadOnlyList<DataFile> Files { get; init; }

    /// <summary>Null: by the file's name and first bytes.</summary>
    public DataFormat? Format { get; init; }

    public LoadMode Mode { get; init; }

    /// <summary>Column name to type, as the producer wrote them; these win over the proven types and are verified.</summary>
    public IReadOnlyDictionary<string, string> Schema { get; init; } = new Dictionary<string, string>();

    /// <summary>Which columns are loaded, and under which names; null: all, under their own.</summary>
    public ColumnChoice? Columns { get; init; }

    /// <summary>Every column as it is, as text.</summary>
    public bool TypesAsText { get; init; }

    public DialectSpec? Dialect { get; init; }
    public RaggedRows Ragged { get; init; }

    /// <summary>How many rows may be rejected before the load fails.</summary>
    public long RejectsMax { get; init; }

    public Expectation? Expect { get; init; }

    /// <summary>The rule's largest fraction of the table's rows, 0 to 1, that a replace may lose; null: any.</summary>
    public decimal? Shrink { get; init; }

    /// <summary>How a replace may change the table's columns.</summary>
    public SchemaChange SchemaChange { get; init; }

    public LoadPriority Priority { get; init; }

    /// <summary>The W3C <c>traceparent</c> of the load's acceptance, by which its attempts join one trace; null: it was not traced.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Permits replacing a table that this product did not make.</summary>
    public bool Adopt { get; init; }

    /// <summary>Permits appending content that the table already has.</summary>
    public bool Again { get; init; }
}

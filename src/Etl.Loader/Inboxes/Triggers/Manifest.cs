using Etl.Loader.Ledger;
using Etl.Loader.Survey;

namespace Etl.Loader.Inboxes.Triggers;

/// <summary>What a trigger or a rule says of a dataset; null: nothing.</summary>
internal sealed record Manifest
{
    public static readonly Manifest Empty = new();

    /// <summary>Names and patterns, relative to the trigger's directory.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>As written: "orders" or "sales.orders".</summary>
    public string? Table { get; init; }

    public string? Target { get; init; }
    public DataFormat? Format { get; init; }
    public LoadMode? Mode { get; init; }
    public IReadOnlyDictionary<string, string>? Schema { get; init; }
    public ColumnChoice? Columns { get; init; }
    public bool? TypesAsText { get; init; }
    public DialectSpec? Dialect { get; init; }
    public RaggedRows? Ragged { get; init; }
    public long? RejectsMax { get; init; }
    public Expectation? Expect { get; init; }
    public SchemaChange? SchemaChange { get; init; }
    public LoadPriority? Priority { get; init; }
    public bool? Adopt { get; init; }
    public bool? Again { get; init; }

    /// <summary>By which its producer finds this delivery again; no rule gives it, since it is another one each time.</summary>
    public string? Id { get; init; }

    /// <summary>Key by key: this one's where it says something, otherwise the lower one's; columns of <c>schema</c> and keys of <c>dialect</c> too.</summary>
    public Manifest Over(Manifest lower) => new()
    {
        Files = Files ?? lower.Files,
        Table = Table ?? lower.Table,
        Target = Target ?? lower.Target,
        Format = Format ?? lower.Format,
        Mode = Mode ?? lower.Mode,
        Schema = Merge(Schema, lower.Schema),
        Columns = Columns is null || lower.Columns is null ? Columns ?? lower.Columns : new ColumnChoice(
            Merge(Columns.Rename, lower.Columns.Rename),
            Columns.Only ?? (Columns.Drop is null ? lower.Columns.Only : null),
            Columns.Drop ?? (Columns.Only is null ? lower.Columns.Drop : null)),
        TypesAsText = TypesAsText ?? lower.TypesAsText,
        Dialect = Merge(Dialect, lower.Dialect),
        Ragged = Ragged ?? lower.Ragged,
        RejectsMax = RejectsMax ?? lower.RejectsMax,
        Expect = Expect is null ? lower.Expect : new Expectation(
            Expect.Rows ?? lower.Expect?.Rows, Expect.Bytes ?? lower.Expect?.Bytes, Expect.Sha256 ?? lower.Expect?.Sha256),
        SchemaChange = SchemaChange ?? lower.SchemaChange,
        Priority = Priority ?? lower.Priority,
        Adopt = Adopt ?? lower.Adopt,
        Again = Again ?? lower.Again,
        Id = Id,
    };

    private static IReadOnlyDictionary<string, string>? Merge(IReadOnlyDictionary<string, string>? upper, IReadOnlyDictionary<string, string>? lower)
    {
        if (upper is null || lower is null)
        {
            return upper ?? lower;
        }

        var merged = new Dictionary<string, string>(lower, StringComparer.Ordinal);
        foreach (var (column, type) in upper)
        {
            merged[column] = type;
        }

        return merged;
    }

    private static DialectSpec? Merge(DialectSpec? upper, DialectSpec? lower) => upper is null || lower is null
        ? upper ?? lower
        : new DialectSpec
        {
            Delimiter = upper.Delimiter ?? lower.Delimiter,
            Quote = upper.Quote ?? lower.Quote,
            Escape = upper.Escape ?? lower.Escape,
            Encoding = upper.Encoding ?? lower.Encoding,
            Header = upper.Header ?? lower.Header,
            Skip = upper.Skip ?? lower.Skip,
            Null = upper.Null ?? lower.Null,
            Decimal = upper.Decimal ?? lower.Decimal,
            Date = upper.Date ?? lower.Date,
            Timestamp = upper.Timestamp ?? lower.Timestamp,
        };
}

/// <summary>The trigger's text is not JSON (yet): it may still be growing.</summary>
internal sealed class ManifestSyntaxException(string message, Exception? inner = null)
    : LoaderException(message, "Write JSON as the documentation of triggers shows, or leave the trigger empty; then deliver the trigger again.", inner);

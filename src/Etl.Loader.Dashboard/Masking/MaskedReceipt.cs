using System.Text.Json;
using System.Text.Json.Nodes;

namespace Etl.Loader.Dashboard.Masking;

/// <summary>A receipt with its known parts and nothing else: notes, and the values that widened a column, may be those of cells.</summary>
internal static class MaskedReceipt
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly Shape Column = new() { ["source"] = null, ["name"] = null, ["type"] = null, ["proven"] = null, ["nulls"] = null, ["excluded"] = new Shape { ["narrower"] = null, ["line"] = null } };

    private static readonly Shape Dialect = Shape.OfNames(
        "delimiter", "quote", "escape", "encoding", "header", "skip", "decimal", "date_format", "timestamp_format", "compression", "pad", "trailing", "comments", "end");

    private static readonly Shape Details = new()
    {
        ["table_rows"] = null,
        ["columns"] = Column,
        ["header"] = null,
        ["earlier_columns"] = Shape.OfNames("source", "name"),
        ["schema_changed"] = Shape.OfNames("change", "column", "before", "after"),
        ["format"] = null,
        ["files"] = new Shape { ["path"] = null, ["bytes"] = null, ["rows"] = null, ["sha256"] = null, ["dialect"] = Dialect },
    };

    private static readonly Shape Receipt = new(Shape.OfNames(
        "load_id", "status", "inbox", "dataset", "table_name", "mode", "rows_loaded", "rows_rejected", "bytes", "sha256", "accepted_at", "started_at", "published_at"))
    {
        ["details"] = Details,
    };

    public static string? Of(string? receipt) => receipt is null ? null : Kept(JsonNode.Parse(receipt), Receipt)?.ToJsonString(Indented);

    /// <summary>What the shape names, in the order of the receipt; an object where a plain value is expected is left out.</summary>
    private static JsonNode? Kept(JsonNode? node, Shape? shape) => node switch
    {
        JsonArray list => new JsonArray([.. list.Select(item => Kept(item, shape))]),
        JsonObject parts when shape is not null => new JsonObject(
            parts.Where(part => shape.ContainsKey(part.Key)).Select(part => KeyValuePair.Create(part.Key, Kept(part.Value, shape[part.Key])))),
        JsonValue value when shape is null => value.DeepClone(),
        _ => null,
    };

    /// <summary>The parts of an object; null: a plain value, or a list of them.</summary>
    private sealed class Shape : Dictionary<string, Shape?>
    {
        public Shape()
            : base(StringComparer.Ordinal)
        {
        }

        public Shape(Shape other)
            : base(other, StringComparer.Ordinal)
        {
        }

        public static Shape OfNames(params string[] names)
        {
            var shape = new Shape();
            foreach (var name in names)
            {
                shape.Add(name, null);
            }

            return shape;
        }
    }
}

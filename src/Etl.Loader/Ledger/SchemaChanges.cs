using System.Text.Json;

namespace Etl.Loader.Ledger;

/// <summary>What a replace may do to the columns of the table.</summary>
internal enum SchemaChange
{
    Allow,
    Widen,
    Refuse,
}

/// <summary>A column that changed. Of a new one there is no <paramref name="Before"/>, of a dropped one no <paramref name="After"/>.</summary>
/// <param name="Change">added, dropped, widened, retyped or renamed.</param>
/// <param name="Before">The type before; of a renamed column its name.</param>
/// <param name="After">The type now; of a renamed column its name.</param>
internal sealed record ColumnChange(string Change, string Column, string? Before, string? After)
{
    public override string ToString() => Change switch
    {
        "added" => $"{Column} ({After}) added",
        "dropped" => $"{Column} ({Before}) dropped",
        "renamed" => $"{Before} renamed to {After}",
        _ => $"{Column} {Change} from {Before} to {After}",
    };
}

/// <summary>The diff of a table's columns as receipts carry it, under <see cref="Key"/>.</summary>
internal static class SchemaChanges
{
    public const string Key = "schema_changed";

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The list as JSON; null where the receipt has none.</summary>
    public static string? JsonOf(string? receipt)
    {
        if (receipt?.Contains(Key, StringComparison.Ordinal) != true)
        {
            return null;
        }

        using var parsed = JsonDocument.Parse(receipt);
        return parsed.RootElement.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Object
            && details.TryGetProperty(Key, out var changes) && changes.ValueKind == JsonValueKind.Array
                ? JsonSerializer.Serialize(changes)
                : null;
    }

    /// <summary>In order; empty where the receipt has none.</summary>
    public static IReadOnlyList<ColumnChange> Of(string? receipt) =>
        JsonOf(receipt) is { } json ? JsonSerializer.Deserialize<List<ColumnChange>>(json, Options)! : [];
}

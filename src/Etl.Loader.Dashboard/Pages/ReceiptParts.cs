using System.Text.Json;
using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>What a receipt shows: the columns with their proven types and what widened them, notes, and the receipt itself.</summary>
internal static class ReceiptParts
{
    /// <param name="spec">Says which types the producer declared: those may be narrower than what was proven.</param>
    public static Markup Columns(string? receipt, LoadSpec spec)
    {
        if (receipt is null)
        {
            return Markup.Empty;
        }

        using var parsed = JsonDocument.Parse(receipt);
        if (!parsed.RootElement.TryGetProperty("details", out var details) || !details.TryGetProperty("columns", out var columns))
        {
            return Markup.Empty;
        }

        // Made here: the document is gone afterwards.
        return Markup.Of($"""
            <h2 class="etl-heading">Columns</h2><div class="etl-scroll" tabindex="0" role="region" aria-label="Columns"><table class="table"><thead><tr><th>Column</th><th>Type</th><th>Proven</th><th>In the file</th><th class="etl-number">Nulls</th><th>Not narrower, because</th></tr></thead><tbody>
            {columns.EnumerateArray().Select(column => Column(column, spec))}
            </tbody></table></div>
            {Notes(details)}
            """);
    }

    public static Markup Receipt(string? receipt) => receipt is null
        ? Markup.Empty
        : Markup.Of($"<h2 class=\"etl-heading\">Receipt <button type=\"button\" class=\"btn btn-xs btn-default etl-copy\" data-copy=\"etl-receipt\">Copy</button></h2><pre class=\"etl-receipt\" id=\"etl-receipt\" tabindex=\"0\">{receipt}</pre>");

    private static Markup Column(JsonElement column, LoadSpec spec)
    {
        var why = column.TryGetProperty("excluded", out var excluded) && excluded.ValueKind == JsonValueKind.Object
            ? $"line {excluded.GetProperty("line").GetInt64()}{(Text(excluded, "value") is { } value ? $" has '{value}'" : "")}"
            : "";
        var type = Text(column, "type");
        var proven = Text(column, "proven");
        return Markup.Of($"""
            <tr><td><strong>{Text(column, "name")}</strong></td><td><code>{type}</code></td>
            <td>{(proven is null || proven == type ? Markup.Of($"<span class=\"text-muted\">the same</span>") : Markup.Of($"<code>{proven}</code> <span class=\"label label-info\">{(IsDeclared(column, spec) ? "declared" : "widened")}</span>"))}</td>
            <td>{Text(column, "source")}</td><td class="etl-number">{Format.Count(column.TryGetProperty("nulls", out var nulls) ? nulls.GetInt64() : null)}</td>
            <td class="etl-error">{why}</td></tr>
            """);
    }

    private static bool IsDeclared(JsonElement column, LoadSpec spec) =>
        spec.TypesAsText || spec.Schema.ContainsKey(Text(column, "source") ?? "") || spec.Schema.ContainsKey(Text(column, "name") ?? "");

    private static Markup Notes(JsonElement details) => !details.TryGetProperty("notes", out var notes) || notes.ValueKind != JsonValueKind.Array || notes.GetArrayLength() == 0
        ? Markup.Empty
        : Markup.Of($"<h2 class=\"etl-heading\">Notes</h2><ul>{notes.EnumerateArray().Select(note => Markup.Of($"<li>{(note.ValueKind == JsonValueKind.String ? note.GetString() : note.GetRawText())}</li>"))}</ul>");

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;
}

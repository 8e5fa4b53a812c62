using System.Text.Json;
using Etl.Loader.Ledger;
using Etl.Loader.Targets;

namespace Etl.Loader.Loads;

/// <summary>A column of a table by the receipts: its name in the dataset that it came from, and its name in the table.</summary>
internal sealed record KnownColumn(string Source, string Name)
{
    /// <summary>What its name in the table begins with; columns of one stem are distinguished by numbers.</summary>
    public string Stem => StemOf(Source) is { Length: > 0 } stem ? stem : Name;

    public static string StemOf(string source) => Naming.Shorten(Naming.Normalise(source), Naming.MaxBytes);
}

/// <summary>Which columns a table has had, as its newest receipt shows.</summary>
internal static class KnownColumns
{
    private const string Columns = "columns";
    private const string Earlier = "earlier_columns";

    public static IReadOnlyList<KnownColumn> Of(ExistingTable? existing)
    {
        if (existing?.LastReceipt is not { } last)
        {
            return [];
        }

        using var details = JsonDocument.Parse(last.Details);
        return [.. List(details.RootElement, Columns).Concat(List(details.RootElement, Earlier)).DistinctBy(c => c.Name)];
    }

    /// <summary>
    /// Columns that the table had before and that are not in this load, as far as they decide the names of later ones: of an append those that it still
    /// has; of a replace those that share their stem with another, so that a number, once given, is not given to another column.
    /// </summary>
    public static IReadOnlyList<KnownColumn> Before(ExistingTable? existing, IReadOnlyList<TargetColumn> columns, LoadMode mode)
    {
        var names = columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var gone = Of(existing).Where(k => !names.Contains(k.Name)).ToList();
        if (mode == LoadMode.Append)
        {
            return [.. gone.Where(k => existing!.Columns.Any(c => c.Name == k.Name))];
        }

        var stems = columns.Select(c => KnownColumn.StemOf(c.SourceName)).Concat(gone.Select(k => k.Stem)).CountBy(stem => stem).ToDictionary();
        return [.. gone.Where(k => stems[k.Stem] > 1)];
    }

    private static IEnumerable<KnownColumn> List(JsonElement details, string key) =>
        details.TryGetProperty(key, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(c => new KnownColumn(c.GetProperty("source").GetString()!, c.GetProperty("name").GetString()!))
            : [];
}

namespace Etl.Loader.Ledger;

/// <summary>What the producer says of the columns of a dataset, each by its name in the file or its name in the table.</summary>
/// <param name="Rename">To names that they get in the table.</param>
/// <param name="Only">Those that are loaded; null: all but the dropped ones.</param>
/// <param name="Drop">Those that are not loaded.</param>
internal sealed record ColumnChoice(
    IReadOnlyDictionary<string, string>? Rename = null, IReadOnlyList<string>? Only = null, IReadOnlyList<string>? Drop = null);

using Etl.Loader.Ledger;
using Etl.Loader.Survey.Types;
using Etl.Loader.Targets;

namespace Etl.Loader.Loads;

/// <summary>How a replace changes the columns of the table, and whether the producer allows it. An append changes none.</summary>
internal static class SchemaDiff
{
    private const string Widened = "widened";

    /// <summary>Empty for a new table, and where every column stays as it is.</summary>
    public static IReadOnlyList<ColumnChange> Of(ExistingTable? existing, IReadOnlyList<TargetColumn> columns, LoadMode mode)
    {
        if (existing is null || mode == LoadMode.Append)
        {
            return [];
        }

        var before = existing.Columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var now = columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var sources = KnownColumns.Of(existing).ToLookup(k => k.Source, k => k.Name, StringComparer.Ordinal);
        var renamed = columns.Where(c => !before.ContainsKey(c.Name))
            .Select(c => (Column: c, Before: sources[c.SourceName].FirstOrDefault(name => before.ContainsKey(name) && !now.ContainsKey(name))))
            .Where(pair => pair.Before is not null).DistinctBy(pair => pair.Before).ToList();
        var olds = renamed.Select(pair => pair.Before!).ToHashSet(StringComparer.Ordinal);
        var news = renamed.Select(pair => pair.Column.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. renamed.Select(pair => new ColumnChange("renamed", pair.Column.Name, pair.Before, pair.Column.Name)),
            .. renamed.Select(pair => Retyped(before[pair.Before!], pair.Column)).OfType<ColumnChange>(),
            .. existing.Columns.Where(c => now.ContainsKey(c.Name)).Select(c => Retyped(c, now[c.Name])).OfType<ColumnChange>(),
            .. columns.Where(c => !before.ContainsKey(c.Name) && !news.Contains(c.Name)).Select(c => new ColumnChange("added", c.Name, null, ColumnTypes.Format(c.Type))),
            .. existing.Columns.Where(c => !now.ContainsKey(c.Name) && !olds.Contains(c.Name)).Select(c => new ColumnChange("dropped", c.Name, TypeOf(c), null)),
        ];
    }

    /// <summary>Throws <see cref="DatasetException"/> for changes that the trigger or rule does not allow.</summary>
    public static void Verify(LoadSpec spec, ExistingTable? existing, IReadOnlyList<TargetColumn> columns)
    {
        var refused = spec.SchemaChange == SchemaChange.Allow
            ? []
            : Of(existing, columns, spec.Mode).Where(c => spec.SchemaChange == SchemaChange.Refuse || c.Change != Widened).ToList();
        if (refused.Count > 0)
        {
            throw new DatasetException(
                $"{spec.Dataset} changes columns of {existing!.Table}: {string.Join("; ", refused)}. \"schema_change\" is \"{spec.SchemaChange.Word()}\""
                + $"{(spec.SchemaChange == SchemaChange.Widen ? ", which allows wider types only" : "")}. Nothing was changed.",
                "Deliver the columns as before, or deliver again with \"schema_change\": \"allow\" in the trigger.",
                column: refused[0].Column);
        }
    }

    private static ColumnChange? Retyped(ExistingColumn before, TargetColumn now) => before.Type == now.Type
        ? null
        : new(
            before.Type is { } type && ColumnTypes.Widen(type, now.Type) == now.Type ? Widened : "retyped",
            now.Name,
            TypeOf(before),
            ColumnTypes.Format(now.Type));

    private static string TypeOf(ExistingColumn column) => column.Type is { } type ? ColumnTypes.Format(type) : column.DeclaredType;
}

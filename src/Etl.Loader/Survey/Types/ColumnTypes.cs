using System.Diagnostics.CodeAnalysis;

namespace Etl.Loader.Survey.Types;

/// <summary>The order of the types: what holds what without loss, and how people write them in a manifest's <c>schema</c>.</summary>
internal static class ColumnTypes
{
    /// <summary>Reads "bigint", "numeric(12,2)", "text", "date", "timestamptz", … and common synonyms ("int", "integer", "varchar", "decimal(12,2)").</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ColumnType? type) => throw new NotImplementedException();

    /// <summary>True when every value that <paramref name="proven"/> describes is held by <paramref name="wide"/> without loss.</summary>
    public static bool Holds(ColumnType wide, ColumnType proven) => throw new NotImplementedException();

    /// <summary>The narrowest type that holds both.</summary>
    public static ColumnType Widen(ColumnType a, ColumnType b) => throw new NotImplementedException();

    /// <summary>The spelling that <see cref="TryParse"/> reads: "numeric(12,2)".</summary>
    public static string Format(ColumnType type) => throw new NotImplementedException();
}

using Etl.Loader.Fuzz.Generation;
using Etl.Loader.Survey;

namespace Etl.Loader.Fuzz.Oracle;

/// <summary>The rules of docs/types.md for JSON lines, said again: JSON distinguishes texts from numbers, and that is kept.</summary>
internal static class JsonTypes
{
    public static ColumnType Of(IEnumerable<JsonCell> cells)
    {
        var values = cells.Where(cell => cell.Kind != JsonKind.Null).ToList();
        var kinds = values.Select(cell => cell.Kind).Distinct().ToList();
        if (kinds.Contains(JsonKind.Nested))
        {
            return values.Any(cell => cell.Kind is JsonKind.Nested or JsonKind.Number && ReferenceTables.HasNegativeZero(cell.Token)) ? ColumnType.Text : new(TypeKind.Json);
        }

        if (kinds.Count != 1)
        {
            return kinds.Count == 0 ? new(TypeKind.Empty) : ColumnType.Text;
        }

        var proven = TypeOracle.Of(values.Select(cell => cell.Text), new());
        return kinds[0] switch
        {
            JsonKind.Boolean => new(TypeKind.Boolean),
            JsonKind.Number => proven,
            _ => proven.Kind is TypeKind.Date or TypeKind.Time or TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.Uuid ? proven : ColumnType.Text,
        };
    }
}

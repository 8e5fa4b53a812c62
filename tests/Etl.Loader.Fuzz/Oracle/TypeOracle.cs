using Etl.Loader.Fuzz.Generation;
using Etl.Loader.Survey;

namespace Etl.Loader.Fuzz.Oracle;

/// <summary>The rules of docs/types.md said again, slowly: which type the texts of one column prove.</summary>
internal static class TypeOracle
{
    private static readonly TypeKind[] Order =
        [TypeKind.BigInt, TypeKind.Numeric, TypeKind.Date, TypeKind.Timestamp, TypeKind.Time, TypeKind.TimestampTz, TypeKind.Boolean, TypeKind.Uuid];

    public static ColumnType Of(IEnumerable<string?> texts, WrittenFormats formats)
    {
        var values = texts.OfType<string>().ToList();
        if (values.Count == 0)
        {
            return new(TypeKind.Empty);
        }

        var kinds = values.Select(value => KindOf(value, formats)).Distinct().ToList();
        if (kinds.TrueForAll(kind => kind is TypeKind.BigInt or TypeKind.Numeric))
        {
            return Number(values, formats, kinds.Contains(TypeKind.Numeric) ? TypeKind.Numeric : TypeKind.BigInt);
        }

        return kinds is [var only] && values.Select(value => Variant(only, value, formats)).Distinct().Count() == 1 ? new(only) : ColumnType.Text;
    }

    private static TypeKind KindOf(string value, WrittenFormats formats) =>
        Order.FirstOrDefault(kind => IsProven(kind, value, formats) && Meaning.Of(kind, value, formats) is not null, TypeKind.Text);

    /// <summary>A declared type takes more than the proof: dates as midnight, offsets that are lost.</summary>
    private static bool IsProven(TypeKind kind, string value, WrittenFormats formats) => kind switch
    {
        TypeKind.Timestamp => Meaning.Of(TypeKind.Date, value, formats) is null,
        TypeKind.TimestampTz => Meaning.IsUtc(value),
        _ => true,
    };

    /// <summary>What all values must have in common besides.</summary>
    private static string Variant(TypeKind kind, string value, WrittenFormats formats) => kind switch
    {
        TypeKind.Timestamp when formats.Timestamp is null => value[10..11],
        TypeKind.TimestampTz => value[10..11],
        TypeKind.Boolean => char.IsLower(value[0]) ? "true" : char.IsLower(value[1]) ? "True" : "TRUE",
        _ => "",
    };

    private static ColumnType Number(List<string> values, WrittenFormats formats, TypeKind kind)
    {
        var parts = values.Select(value => value.TrimStart('-').Split(formats.Decimal)).ToList();
        var scale = parts.Max(part => part.Length > 1 ? part[1].Length : 0);
        return new(kind, parts.Max(part => part[0].Length) + scale, scale);
    }
}

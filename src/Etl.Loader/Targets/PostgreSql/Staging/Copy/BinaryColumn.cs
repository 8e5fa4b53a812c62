using Etl.Loader.Survey;

namespace Etl.Loader.Targets.PostgreSql.Staging.Copy;

/// <summary>How one column goes into binary COPY.</summary>
/// <param name="Ordinal">Position in the dataset's records.</param>
/// <param name="Whole">Digits before the point that the declared type takes, bits of an integer, characters of a text; negative: any.</param>
/// <param name="Scale">Digits after the point that the declared type takes.</param>
internal readonly record struct BinaryColumn(int Ordinal, TypeKind Kind, int Whole, int Scale)
{
    public static BinaryColumn Of(TargetColumn column) => column.Type switch
    {
        var type when Types.IsDeclared(type) => new(column.Ordinal, type.Kind, type.Precision - type.Scale, type.Scale),
        { Kind: TypeKind.Integer } or { Kind: TypeKind.Text, Precision: > 0 } => new(column.Ordinal, column.Type.Kind, column.Type.Precision, -1),
        _ => new(column.Ordinal, column.Type.Kind, -1, -1),
    };
}

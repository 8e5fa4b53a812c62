using Etl.Loader.Survey;

namespace Etl.Loader.Targets.PostgreSql.Copy;

/// <summary>How one column goes into binary COPY.</summary>
/// <param name="Ordinal">Position in the dataset's records.</param>
/// <param name="Whole">Digits before the point that the declared type takes; negative: any.</param>
/// <param name="Scale">Digits after the point that the declared type takes.</param>
internal readonly record struct BinaryColumn(int Ordinal, TypeKind Kind, int Whole, int Scale)
{
    public static BinaryColumn Of(TargetColumn column) => PostgreSqlTypes.IsDeclared(column.Type)
        ? new(column.Ordinal, column.Type.Kind, column.Type.Precision - column.Type.Scale, column.Type.Scale)
        : new(column.Ordinal, column.Type.Kind, -1, -1);
}

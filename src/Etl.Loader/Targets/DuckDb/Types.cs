using System.Globalization;
using System.Text.RegularExpressions;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Types;

namespace Etl.Loader.Targets.DuckDb;

/// <summary>Our types in DuckDB's words, and back.</summary>
internal static partial class Types
{
    /// <summary>Digits that DuckDB's widest decimal holds; longer numbers stay exact as text.</summary>
    public const int MaxPrecision = 38;

    /// <summary>The type a column is created with.</summary>
    public static string Declare(ColumnType type) => type.Kind switch
    {
        TypeKind.Boolean => "BOOLEAN",
        TypeKind.Integer => type == ColumnTypes.SmallInt ? "SMALLINT" : "INTEGER",
        TypeKind.BigInt => "BIGINT",
        TypeKind.Numeric when IsDecimal(type) => string.Create(CultureInfo.InvariantCulture, $"DECIMAL({Width(type)},{type.Scale})"),
        TypeKind.Float8 => "DOUBLE",
        TypeKind.Date => "DATE",
        TypeKind.Time => "TIME",
        TypeKind.Timestamp => "TIMESTAMP",
        TypeKind.TimestampTz => "TIMESTAMP WITH TIME ZONE",
        TypeKind.Uuid => "UUID",
        TypeKind.Json => "JSON",
        TypeKind.Bytes => "BLOB",
        _ => "VARCHAR",
    };

    /// <summary>Our type for one of DuckDB's, null where it is none that we write.</summary>
    public static ColumnType? Read(string declared)
    {
        var number = DecimalType().Match(declared);
        if (number.Success)
        {
            return new ColumnType(
                TypeKind.Numeric,
                int.Parse(number.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
                int.Parse(number.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
        }

        return declared switch
        {
            "BOOLEAN" => new ColumnType(TypeKind.Boolean),
            "INTEGER" => ColumnTypes.Integer,
            "SMALLINT" => ColumnTypes.SmallInt,
            "BIGINT" or "TINYINT" or "UINTEGER" or "USMALLINT" or "UTINYINT" => new ColumnType(TypeKind.BigInt),
            "UBIGINT" => new ColumnType(TypeKind.Numeric, 20, 0),
            "DOUBLE" or "FLOAT" => new ColumnType(TypeKind.Float8),
            "DATE" => new ColumnType(TypeKind.Date),
            "TIME" => new ColumnType(TypeKind.Time),
            "TIMESTAMP" or "TIMESTAMP_S" or "TIMESTAMP_MS" => new ColumnType(TypeKind.Timestamp),
            "TIMESTAMP WITH TIME ZONE" => new ColumnType(TypeKind.TimestampTz),
            "UUID" => new ColumnType(TypeKind.Uuid),
            "JSON" => new ColumnType(TypeKind.Json),
            "BLOB" => new ColumnType(TypeKind.Bytes),
            "VARCHAR" => ColumnType.Text,
            _ => null,
        };
    }

    /// <summary>True where values of the type go into the column as they are.</summary>
    public static bool IsText(ColumnType type) => Declare(type) == "VARCHAR";

    private static bool IsDecimal(ColumnType type) => type.Scale >= 0 && Width(type) is > 0 and <= MaxPrecision;

    /// <summary>".097" counts two digits and three places: a decimal needs room for all its places.</summary>
    private static int Width(ColumnType type) => Math.Max(type.Precision, type.Scale);

    [GeneratedRegex(@"^DECIMAL\((\d+),\s*(\d+)\)$", RegexOptions.CultureInvariant)]
    private static partial Regex DecimalType();
}

using System.Globalization;
using Etl.Loader.Survey;
using Etl.Loader.Survey.Types;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>The types on both sides: how a proven type is declared, and which proven type an existing column holds.</summary>
internal static class Types
{
    /// <summary>Digits that <c>numeric(p,s)</c> can declare; beyond it a plain <c>numeric</c> holds any.</summary>
    private const int MaxPrecision = 1000;

    /// <summary>The declaration of a column of this type.</summary>
    public static string Declare(ColumnType type) => type.Kind switch
    {
        TypeKind.Boolean => "boolean",
        TypeKind.Integer => type == ColumnTypes.SmallInt ? "smallint" : "integer",
        TypeKind.BigInt => "bigint",
        TypeKind.Numeric when IsDeclared(type) => FormattableString.Invariant($"numeric({type.Precision},{type.Scale})"),
        TypeKind.Numeric => "numeric",
        TypeKind.Float8 => "double precision",
        TypeKind.Date => "date",
        TypeKind.Time => "time without time zone",
        TypeKind.Timestamp => "timestamp without time zone",
        TypeKind.TimestampTz => "timestamp with time zone",
        TypeKind.Uuid => "uuid",
        TypeKind.Json => "jsonb",
        TypeKind.Bytes => "bytea",
        TypeKind.Text when type.Precision > 0 => FormattableString.Invariant($"character varying({type.Precision})"),
        _ => "text",
    };

    /// <summary>True when the column is declared with precision and scale, so that a value beyond them would be rounded.</summary>
    public static bool IsDeclared(ColumnType type) =>
        type.Kind == TypeKind.Numeric && type.Precision is > 0 and <= MaxPrecision && type.Scale >= 0 && type.Scale <= type.Precision;

    /// <summary>
    /// The proven type that a column of this declaration (as <c>format_type</c> spells it) holds; null where it is none that we write
    /// without loss: <c>timestamp(0)</c> would round, <c>char(n)</c> would pad.
    /// </summary>
    public static ColumnType? Read(string declared) => declared switch
    {
        "boolean" => new(TypeKind.Boolean),
        "bigint" => new(TypeKind.BigInt),
        "integer" => ColumnTypes.Integer,
        "smallint" => ColumnTypes.SmallInt,
        "numeric" => new(TypeKind.Numeric),
        "double precision" => new(TypeKind.Float8),
        "date" => new(TypeKind.Date),
        "time without time zone" => new(TypeKind.Time),
        "timestamp without time zone" => new(TypeKind.Timestamp),
        "timestamp with time zone" => new(TypeKind.TimestampTz),
        "uuid" => new(TypeKind.Uuid),
        "json" or "jsonb" => new(TypeKind.Json),
        "bytea" => new(TypeKind.Bytes),
        "text" or "character varying" => new(TypeKind.Text),
        _ when declared.StartsWith("character varying(", StringComparison.Ordinal) =>
            new(TypeKind.Text, int.Parse(declared["character varying(".Length..^1], CultureInfo.InvariantCulture)),
        _ when declared.StartsWith("numeric(", StringComparison.Ordinal) => ReadNumeric(declared),
        _ => null,
    };

    private static ColumnType? ReadNumeric(string declared)
    {
        var parts = declared["numeric(".Length..^1].Split(',');
        return int.TryParse(parts[0], out var precision) && int.TryParse(parts[^1], out var scale) && scale >= 0 && scale <= precision
            ? new ColumnType(TypeKind.Numeric, precision, scale)
            : null;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Etl.Loader.Survey.Types;

/// <summary>The order of the types: what holds what without loss, and how people write them in a manifest's <c>schema</c>.</summary>
internal static partial class ColumnTypes
{
    /// <summary>The longest name of a type, with some blanks.</summary>
    private const int LongestText = 100;

    /// <summary>Digits that a double gives back as they were.</summary>
    private const int ExactFloatDigits = 15;

    /// <summary>Digits of the longest bigint.</summary>
    private const int BigIntDigits = 19;

    /// <summary>Precision of the largest numeric that PostgreSQL declares.</summary>
    private const int MaxPrecision = 1000;

    private static readonly Dictionary<string, TypeKind> Names = new(StringComparer.Ordinal)
    {
        ["boolean"] = TypeKind.Boolean,
        ["bool"] = TypeKind.Boolean,
        ["bigint"] = TypeKind.BigInt,
        ["int8"] = TypeKind.BigInt,
        ["int"] = TypeKind.Integer,
        ["integer"] = TypeKind.Integer,
        ["int4"] = TypeKind.Integer,
        ["int2"] = TypeKind.Integer,
        ["smallint"] = TypeKind.Integer,
        ["long"] = TypeKind.BigInt,
        ["numeric"] = TypeKind.Numeric,
        ["decimal"] = TypeKind.Numeric,
        ["float8"] = TypeKind.Float8,
        ["double precision"] = TypeKind.Float8,
        ["double"] = TypeKind.Float8,
        ["float"] = TypeKind.Float8,
        ["date"] = TypeKind.Date,
        ["time"] = TypeKind.Time,
        ["time without time zone"] = TypeKind.Time,
        ["timestamp"] = TypeKind.Timestamp,
        ["timestamp without time zone"] = TypeKind.Timestamp,
        ["datetime"] = TypeKind.Timestamp,
        ["timestamptz"] = TypeKind.TimestampTz,
        ["timestamp with time zone"] = TypeKind.TimestampTz,
        ["uuid"] = TypeKind.Uuid,
        ["json"] = TypeKind.Json,
        ["jsonb"] = TypeKind.Json,
        ["bytea"] = TypeKind.Bytes,
        ["bytes"] = TypeKind.Bytes,
        ["blob"] = TypeKind.Bytes,
        ["text"] = TypeKind.Text,
        ["string"] = TypeKind.Text,
        ["varchar"] = TypeKind.Text,
        ["character varying"] = TypeKind.Text,
    };

    /// <summary>
    /// Reads "bigint", "numeric(12,2)", "text", "date", "timestamptz", … and common synonyms ("int", "varchar(20)", "decimal(12,2)"). What is declared is
    /// held: a value beyond an integer's range or a text's length is rejected.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ColumnType? type)
    {
        type = null;
        if (text.Length > LongestText)
        {
            return false;
        }

        var match = Declaration().Match(text);
        var name = Blanks().Replace(match.Groups["name"].Value.Trim(), " ").ToLowerInvariant();
        if (!match.Success || !Names.TryGetValue(name, out var kind))
        {
            return false;
        }

        var first = Number(match.Groups["first"]);
        var second = Number(match.Groups["second"]);
        type = new ColumnType(kind);
        switch (kind)
        {
            case TypeKind.Integer:
                type = name is "int2" or "smallint" ? SmallInt : Integer;
                return first is null;

            case TypeKind.Numeric when first is { } precision:
                type = new ColumnType(kind, precision, second ?? 0);
                return precision is >= 1 and <= MaxPrecision && type.Value.Scale <= precision;

            case TypeKind.Text when name is "varchar" or "character varying" && first is { } length:
                type = new ColumnType(kind, length);
                return second is null && length >= 1;

            default:
                return first is null;
        }
    }

    public static ColumnType SmallInt { get; } = new(TypeKind.Integer, 16);

    public static ColumnType Integer { get; } = new(TypeKind.Integer, 32);

    /// <summary>The type that a replace gives a column of such a type: bigint and text have no limits that the next night could break.</summary>
    public static ColumnType Unlimited(ColumnType type) => type.Kind switch
    {
        TypeKind.Integer => new(TypeKind.BigInt),
        TypeKind.Text => ColumnType.Text,
        _ => type,
    };

    /// <summary>True when every value that <paramref name="proven"/> describes is held by <paramref name="wide"/> without loss.</summary>
    /// <remarks>
    /// A precision of 0 means: not limited, or (of what is held) not known. Dates are held by timestamps, as midnight: that is for existing
    /// and declared columns, one file that mixes both is text.
    /// </remarks>
    public static bool Holds(ColumnType wide, ColumnType proven)
    {
        if (proven.Kind == TypeKind.Empty || wide == ColumnType.Text)
        {
            return true;
        }

        return (wide.Kind, proven.Kind) switch
        {
            (TypeKind.Text, TypeKind.Text) => proven.Precision > 0 && proven.Precision <= wide.Precision,
            (TypeKind.Text, _) => false,
            (TypeKind.Integer, TypeKind.Integer) => proven.Precision <= wide.Precision,
            (TypeKind.Integer, TypeKind.BigInt) => proven.Precision > 0 && proven.Precision < IntegerDigits(wide),
            (TypeKind.BigInt, TypeKind.Integer) => true,
            (TypeKind.Float8, TypeKind.Integer) => true,
            (TypeKind.Numeric, TypeKind.Numeric or TypeKind.BigInt or TypeKind.Integer) => wide.Precision == 0
                || (proven is not { Kind: TypeKind.Numeric, Precision: 0 }
                    && wide.Scale >= proven.Scale && wide.Precision - wide.Scale >= IntegerDigits(proven)),
            (TypeKind.BigInt, TypeKind.BigInt) => true,
            (TypeKind.Float8, TypeKind.BigInt or TypeKind.Numeric) => proven.Precision is > 0 and <= ExactFloatDigits,
            (TypeKind.Timestamp, TypeKind.Date) => true,
            _ => wide.Kind == proven.Kind,
        };
    }

    /// <summary>The narrowest type that holds both.</summary>
    public static ColumnType Widen(ColumnType a, ColumnType b)
    {
        if (a.Kind == b.Kind && a.Kind is TypeKind.BigInt)
        {
            return a.Precision == 0 || b.Precision == 0 ? new(TypeKind.BigInt) : new(TypeKind.BigInt, Math.Max(a.Precision, b.Precision));
        }

        if (Holds(a, b))
        {
            return a;
        }

        if (Holds(b, a))
        {
            return b;
        }

        if (a.Kind is TypeKind.Integer || b.Kind is TypeKind.Integer)
        {
            return Widen(Unlimited(a), Unlimited(b));
        }

        if (a.Kind is not (TypeKind.Numeric or TypeKind.BigInt) || b.Kind is not (TypeKind.Numeric or TypeKind.BigInt))
        {
            return ColumnType.Text;
        }

        if (a is { Kind: TypeKind.Numeric, Precision: 0 } || b is { Kind: TypeKind.Numeric, Precision: 0 })
        {
            return new(TypeKind.Numeric);
        }

        var scale = Math.Max(a.Scale, b.Scale);
        return new(TypeKind.Numeric, Math.Max(IntegerDigits(a), IntegerDigits(b)) + scale, scale);
    }

    /// <summary>The spelling that <see cref="TryParse"/> reads: "numeric(12,2)".</summary>
    public static string Format(ColumnType type) => type.Kind switch
    {
        TypeKind.Numeric when type.Precision > 0 => string.Create(CultureInfo.InvariantCulture, $"numeric({type.Precision},{type.Scale})"),
        TypeKind.Integer => type == SmallInt ? "smallint" : "integer",
        TypeKind.Text when type.Precision > 0 => string.Create(CultureInfo.InvariantCulture, $"varchar({type.Precision})"),
        TypeKind.Bytes => "bytea",
        var kind => kind.ToString().ToLowerInvariant(),
    };

    private static int IntegerDigits(ColumnType type) => type switch
    {
        { Kind: TypeKind.Integer } => type == SmallInt ? 5 : 10,
        { Kind: TypeKind.BigInt, Precision: 0 } => BigIntDigits,
        _ => type.Precision - type.Scale,
    };

    private static int? Number(Group group) =>
        group.Success && int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"^\s*(?<name>[A-Za-z0-9 ]+?)\s*(\(\s*(?<first>\d{1,4})\s*(,\s*(?<second>\d{1,4})\s*)?\))?\s*$")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}

using Etl.Loader.Survey.JsonLines;

namespace Etl.Loader.Survey.Types;

/// <summary>Whether a column of a type takes a canonical value without loss, as every target's encoder does.</summary>
internal static class TypeFit
{
    public static bool Takes(ColumnType type, ReadOnlySpan<byte> value) => type.Kind switch
    {
        TypeKind.Boolean => ValueParser.TryBoolean(value, out _),
        TypeKind.Integer => TryInteger(type.Precision, value, out _),
        TypeKind.BigInt => ValueParser.TryBigInt(value, out _),
        TypeKind.Numeric => NumberShape.TryRead(value, (byte)'.', out var shape) && Holds(type, value, shape),
        TypeKind.Float8 => ValueParser.TryFloat8(value, out _),
        TypeKind.Date => ValueParser.TryDate(value, out _),
        TypeKind.Time => ValueParser.TryTime(value, out _),
        TypeKind.Timestamp => ValueParser.TryTimestamp(value, out _),
        TypeKind.TimestampTz => ValueParser.TryTimestampTz(value, out _),
        TypeKind.Uuid => ValueParser.TryUuid(value, stackalloc byte[16]),
        TypeKind.Json => JsonNested.IsJson(value),
        TypeKind.Bytes => value.StartsWith("\\x"u8),
        TypeKind.Text => HasLength(type.Precision, value),
        _ => true,
    };

    /// <summary>Reads a whole number of so many bits.</summary>
    public static bool TryInteger(int bits, ReadOnlySpan<byte> value, out long number) =>
        ValueParser.TryBigInt(value, out number) && number >= -(1L << (bits - 1)) && number < 1L << (bits - 1);

    /// <summary>True where a text has at most so many characters; 0 or less: any.</summary>
    public static bool HasLength(int characters, ReadOnlySpan<byte> text)
    {
        if (characters <= 0 || text.Length <= characters)
        {
            return true;
        }

        var count = 0;
        foreach (var unit in text)
        {
            count += (unit & 0xC0) == 0x80 ? 0 : 1;
        }

        return count <= characters;
    }

    /// <summary>A precision of 0 has no limits; zeros beyond the scale, and the one before the point, are not digits of the number.</summary>
    private static bool Holds(ColumnType type, ReadOnlySpan<byte> value, NumberShape shape)
    {
        if (type.Precision == 0)
        {
            return true;
        }

        var whole = value.TrimStart((byte)'-') is [(byte)'0', ..] ? 0 : shape.IntegerDigits;
        var scale = shape.Scale == 0 ? 0 : value[^shape.Scale..].TrimEnd((byte)'0').Length;
        return whole <= type.Precision - type.Scale && scale <= type.Scale;
    }
}

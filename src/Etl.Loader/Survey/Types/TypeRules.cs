using System.Buffers;

namespace Etl.Loader.Survey.Types;

/// <summary>The table of types (<c>docs/types.md</c>) as code: of which type a single value is, without a look at its neighbours.</summary>
internal static class TypeRules
{
    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789+-.,eE "u8);
    private static readonly SearchValues<byte> MomentBytes = SearchValues.Create("0123456789-:./TZ+ "u8);

    /// <summary>
    /// The narrowest type of one value. The variant is what all values of a column must have in common besides: the casing of booleans,
    /// 'T' or blank in timestamps.
    /// </summary>
    public static (TypeKind Kind, int Variant) Classify(ReadOnlySpan<byte> value, ValueFormats formats, out NumberShape shape)
    {
        shape = default;
        if (value.Length == 0)
        {
            return (TypeKind.Text, 0);
        }

        if (NumberShape.TryRead(value, formats.DecimalPoint, out shape))
        {
            return (shape.IsInteger && ValueParser.TryBigInt(value, out _) ? TypeKind.BigInt : TypeKind.Numeric, 0);
        }

        if (formats.TryDate(value, out _))
        {
            return (TypeKind.Date, 0);
        }

        if (formats.TryTimestamp(value, out _))
        {
            return (TypeKind.Timestamp, formats.CustomTimestamp ? 0 : value[10]);
        }

        if (ValueParser.TryTime(value, out _))
        {
            return (TypeKind.Time, 0);
        }

        if (ValueParser.IsUtc(value) && ValueParser.TryTimestampTz(value, out _))
        {
            return (TypeKind.TimestampTz, value[10]);
        }

        if (ValueParser.BooleanCasing(value) is var casing and not 0)
        {
            return (TypeKind.Boolean, casing);
        }

        Span<byte> uuid = stackalloc byte[16];
        return (ValueParser.TryUuid(value, uuid) ? TypeKind.Uuid : TypeKind.Text, 0);
    }

    /// <summary>The type that people may have expected of a value which is text (<c>007</c>, <c>1,234</c>, <c>2026-1-5</c>); null: none.</summary>
    public static TypeKind? Resembles(ReadOnlySpan<byte> value)
    {
        if (value.Length is 0 or > 40 || value.IndexOfAnyInRange((byte)'0', (byte)'9') < 0)
        {
            return null;
        }

        if (value.IndexOfAnyExcept(NumberBytes) < 0)
        {
            var dashes = value.Count((byte)'-');
            return dashes == 2 && value[0] != '-' ? TypeKind.Date
                : value.IndexOfAny(".,eE"u8) < 0 && dashes <= 1 ? TypeKind.BigInt
                : TypeKind.Numeric;
        }

        return value.IndexOfAnyExcept(MomentBytes) < 0 && value.IndexOfAny(":/"u8) >= 0 ? TypeKind.Timestamp : null;
    }
}

using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Etl.Loader.Survey;

namespace Etl.Loader.Fuzz.Oracle;

/// <summary>Reads a binary COPY as PostgreSQL's documentation describes it, into values that <see cref="Meaning"/> can be compared with.</summary>
internal static class CopyStream
{
    private static readonly UTF8Encoding Strict = new(false, true);

    public static List<object?[]> Read(ReadOnlySpan<byte> copy, IReadOnlyList<TypeKind> kinds)
    {
        ReadOnlySpan<byte> signature = [.. "PGCOPY\n"u8, 0xFF, 13, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        if (!copy.StartsWith(signature))
        {
            throw new InvalidDataException("The COPY does not begin with its signature.");
        }

        var rows = new List<object?[]>();
        copy = copy[signature.Length..];
        while (BinaryPrimitives.ReadInt16BigEndian(copy) is var fields and >= 0)
        {
            copy = copy[2..];
            if (fields != kinds.Count)
            {
                throw new InvalidDataException($"Row {rows.Count + 1} of the COPY has {fields} fields.");
            }

            var row = new object?[fields];
            for (var i = 0; i < fields; i++)
            {
                var length = BinaryPrimitives.ReadInt32BigEndian(copy);
                copy = copy[4..];
                if (length >= 0)
                {
                    row[i] = Value(kinds[i], copy[..length]);
                    copy = copy[length..];
                }
            }

            rows.Add(row);
        }

        return copy.Length == 2 ? rows : throw new InvalidDataException($"{copy.Length - 2} bytes follow the COPY's end.");
    }

    private static object Value(TypeKind kind, ReadOnlySpan<byte> bytes) => kind switch
    {
        TypeKind.BigInt or TypeKind.Time or TypeKind.Timestamp or TypeKind.TimestampTz when bytes.Length == 8 => BinaryPrimitives.ReadInt64BigEndian(bytes),
        TypeKind.Float8 when bytes.Length == 8 => BinaryPrimitives.ReadDoubleBigEndian(bytes),
        TypeKind.Date when bytes.Length == 4 => BinaryPrimitives.ReadInt32BigEndian(bytes),
        TypeKind.Boolean when bytes is [0 or 1] => bytes[0] == 1,
        TypeKind.Uuid when bytes.Length == 16 => new Guid(bytes, bigEndian: true),
        TypeKind.Numeric => Numeric(bytes),
        TypeKind.Json when bytes is [1, ..] => Strict.GetString(bytes[1..]),
        TypeKind.Bytes => Convert.ToHexStringLower(bytes),
        TypeKind.Text => Strict.GetString(bytes),
        _ => throw new InvalidDataException($"{bytes.Length} bytes {Convert.ToHexStringLower(bytes)} are no {kind}."),
    };

    private static Decimal Numeric(ReadOnlySpan<byte> bytes)
    {
        var digits = BinaryPrimitives.ReadInt16BigEndian(bytes);
        var weight = BinaryPrimitives.ReadInt16BigEndian(bytes[2..]);
        var sign = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        var shown = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        if (bytes.Length != 8 + 2 * digits || sign is not (0 or 0x4000))
        {
            throw new InvalidDataException($"The bytes {Convert.ToHexStringLower(bytes)} are no numeric.");
        }

        var unscaled = BigInteger.Zero;
        for (var i = 0; i < digits; i++)
        {
            var group = BinaryPrimitives.ReadInt16BigEndian(bytes[(8 + 2 * i)..]);
            unscaled = group is >= 0 and < 10_000 ? unscaled * 10_000 + group : throw new InvalidDataException($"{group} is no group of digits.");
        }

        // The last group counts 10,000 to the power of this.
        var power = weight - digits + 1;
        unscaled = power > 0 ? unscaled * BigInteger.Pow(10_000, power) : unscaled;
        var value = Decimal.Of(sign == 0 ? unscaled : -unscaled, power < 0 ? -4 * power : 0);
        return value.Scale <= shown ? value : throw new InvalidDataException($"{value} is shown with {shown} places only.");
    }
}

using System.Buffers.Binary;
using System.Text.Unicode;
using Etl.Loader.Survey;
using Etl.Loader.Survey.JsonLines;
using Etl.Loader.Survey.Types;

namespace Etl.Loader.Targets.PostgreSql.Staging.Copy;

/// <summary>PostgreSQL's binary form of one value, made from its canonical text.</summary>
internal static class BinaryFormat
{
    /// <summary>Longest value that PostgreSQL stores, with room for what surrounds it.</summary>
    private const int MaxValue = 1_000_000_000;

    /// <summary>Bytes that <see cref="Write"/> may use at most for a text of this length, of whatever type.</summary>
    public static int MaxBytes(int textLength) => Math.Max(NumericFormat.MaxBytes(textLength), textLength + 16);

    /// <summary>Writes the value and returns its length, or -1 where the text is not a value of the type.</summary>
    public static int Write(in BinaryColumn column, ReadOnlySpan<byte> text, Span<byte> to)
    {
        switch (column.Kind)
        {
            case TypeKind.Integer:
                return TypeFit.TryInteger(column.Whole, text, out var whole) ? column.Whole == 16 ? Int16((short)whole, to) : Int32((int)whole, to) : -1;
            case TypeKind.BigInt:
                return ValueParser.TryBigInt(text, out var integer) ? Int64(integer, to) : -1;
            case TypeKind.Numeric:
                return NumericFormat.Write(text, column.Whole, column.Scale, to);
            case TypeKind.Float8:
                return ValueParser.TryFloat8(text, out var number) ? Int64(BitConverter.DoubleToInt64Bits(number), to) : -1;
            case TypeKind.Date:
                return ValueParser.TryDate(text, out var days) ? Int32(days, to) : -1;
            case TypeKind.Time:
                return ValueParser.TryTime(text, out var micros) ? Int64(micros, to) : -1;
            case TypeKind.Timestamp:
                return ValueParser.TryTimestamp(text, out var moment) ? Int64(moment, to) : -1;
            case TypeKind.TimestampTz:
                return ValueParser.TryTimestampTz(text, out var instant) ? Int64(instant, to) : -1;
            case TypeKind.Boolean:
                if (!ValueParser.TryBoolean(text, out var truth))
                {
                    return -1;
                }

                to[0] = truth ? (byte)1 : (byte)0;
                return 1;
            case TypeKind.Uuid:
                return ValueParser.TryUuid(text, to[..16]) ? 16 : -1;
            case TypeKind.Json:
                if (text.Length > MaxValue || !Utf8.IsValid(text) || !JsonNested.IsJson(text))
                {
                    return -1;
                }

                to[0] = 1;
                text.CopyTo(to[1..]);
                return text.Length + 1;
            case TypeKind.Bytes:
                return Bytes(text, to);
            default:
                if (text.Length > MaxValue || text.Contains((byte)0) || !Utf8.IsValid(text) || !TypeFit.HasLength(column.Whole, text))
                {
                    return -1;
                }

                text.CopyTo(to);
                return text.Length;
        }
    }

    private static int Int16(short value, Span<byte> to)
    {
        BinaryPrimitives.WriteInt16BigEndian(to, value);
        return sizeof(short);
    }

    private static int Int32(int value, Span<byte> to)
    {
        BinaryPrimitives.WriteInt32BigEndian(to, value);
        return sizeof(int);
    }

    private static int Int64(long value, Span<byte> to)
    {
        BinaryPrimitives.WriteInt64BigEndian(to, value);
        return sizeof(long);
    }

    private static int Bytes(ReadOnlySpan<byte> text, Span<byte> to)
    {
        if (!text.StartsWith("\\x"u8) || text.Length % 2 != 0)
        {
            return -1;
        }

        return Convert.FromHexString(text[2..], to, out _, out var written) == System.Buffers.OperationStatus.Done ? written : -1;
    }
}

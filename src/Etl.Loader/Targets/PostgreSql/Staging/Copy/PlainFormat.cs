using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Etl.Loader.Survey.Types;

namespace Etl.Loader.Targets.PostgreSql.Staging.Copy;

/// <summary>
/// The binary form of values as most are written: short whole numbers, short decimals, dates, short texts, eight digits or sixteen bytes at
/// a time. It gives exactly what <see cref="BinaryFormat"/> gives, or <see cref="Unsure"/>, and then that one decides.
/// </summary>
/// <remarks>All methods may read <see cref="Slack"/> bytes behind the text, and write <see cref="Slack"/> bytes behind the value.</remarks>
internal static class PlainFormat
{
    public const int Unsure = -1;

    public const int Slack = 32;

    private const ulong Zeros = 0x3030303030303030;

    /// <summary>Whole numbers of up to 16 digits without sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int BigInt(ref byte text, int length, ref byte to)
    {
        ulong value;
        if ((uint)(length - 1) < 8)
        {
            if (!TryDigits(ref text, length, out value))
            {
                return Unsure;
            }
        }
        else if (length is > 8 and <= 16)
        {
            if (!TryDigits(ref text, length - 8, out var high) || !TryDigits(ref Unsafe.Add(ref text, length - 8), 8, out value))
            {
                return Unsure;
            }

            value += high * 100_000_000;
        }
        else
        {
            return Unsure;
        }

        if (text == (byte)'0' && length > 1)
        {
            return Unsure;
        }

        WriteBigEndian(ref to, value);
        return sizeof(long);
    }

    /// <summary>Decimals with up to eight digits before and after the point.</summary>
    /// <param name="maxWhole">Digits before the point that the column holds; negative: any.</param>
    /// <param name="maxScale">Digits after the point that the column holds, where <paramref name="maxWhole"/> is not negative.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Numeric(ref byte text, int length, int maxWhole, int maxScale, ref byte to)
    {
        if (length > Vector128<byte>.Count || !NumberShape.TryRead(ref text, length, (byte)'.', out var shape))
        {
            return Unsure;
        }

        var negative = text == (byte)'-';
        ref var first = ref Unsafe.Add(ref text, negative ? 1 : 0);
        var (whole, scale) = (shape.IntegerDigits, shape.Scale);
        if (whole > 8 || scale > 8 || (maxWhole >= 0 && (whole > Math.Max(maxWhole, 1) || scale > maxScale)))
        {
            return Unsure;
        }

        var before = whole == 0 ? 0 : Digits(Aligned(ref first, whole));
        if (maxWhole == 0 && before != 0)
        {
            return Unsure;
        }

        var after = 0UL;
        if (scale > 0)
        {
            // Zeros behind the last digit make it eight digits, so that groups of four begin at the point.
            var digits = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, whole + 1));
            var missing = 64 - (8 * scale);
            after = Digits(missing == 0 ? digits : (digits & (ulong.MaxValue >> missing)) | (Zeros << (64 - missing)));
        }

        var (high, low) = Math.DivRem((uint)before, 10_000u);
        var (tenths, rest) = Math.DivRem((uint)after, 10_000u);
        var groups = ((ulong)high << 48) | ((ulong)low << 32) | ((ulong)tenths << 16) | rest;
        var leading = BitOperations.LeadingZeroCount(groups) >> 4;
        var count = groups == 0 ? 0 : 4 - leading - (BitOperations.TrailingZeroCount(groups) >> 4);
        var weight = groups == 0 ? 0 : 1 - leading;
        WriteBigEndian(ref to, ((ulong)count << 48) | ((ulong)(ushort)weight << 32) | (negative && count > 0 ? 0x4000_0000UL : 0) | (uint)scale);
        WriteBigEndian(ref Unsafe.Add(ref to, 8), groups << (16 * (leading & 3)));
        return 8 + (2 * count);
    }

    /// <summary>Dates but those of 29 February.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Date(ref byte text, int length, ref byte to)
    {
        if (length != 10 || !ValueParser.IsPlainDate(ref text))
        {
            return Unsure;
        }

        var digits = Digits(Unsafe.ReadUnaligned<ulong>(ref text) & 0x00FF_FF00_FFFF_FFFF | 0x3000_0030_0000_0000);
        var (year, month) = ((int)(digits / 10_000), (int)(digits / 10 % 100));
        var day = ((Unsafe.Add(ref text, 8) - '0') * 10) + Unsafe.Add(ref text, 9) - '0';
        Unsafe.WriteUnaligned(ref to, BinaryPrimitives.ReverseEndianness(ValueParser.DaysOf(year, month, day)));
        return sizeof(int);
    }

    /// <summary>Copies a text that is known to be valid.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(ref byte text, int length, ref byte to)
    {
        if (length <= 2 * Vector128<byte>.Count)
        {
            Vector128.LoadUnsafe(ref text).StoreUnsafe(ref to);
            Vector128.LoadUnsafe(ref text, (nuint)Vector128<byte>.Count).StoreUnsafe(ref to, (nuint)Vector128<byte>.Count);
            return;
        }

        Unsafe.CopyBlockUnaligned(ref to, ref text, (uint)length);
    }

    /// <summary>1 to 8 characters, of which every one must be a digit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryDigits(ref byte text, int length, out ulong value)
    {
        var aligned = Aligned(ref text, length);
        var digits = aligned ^ Zeros;
        value = Digits(aligned);
        return ((digits | (digits + 0x0606060606060606)) & 0xF0F0F0F0F0F0F0F0) == 0;
    }

    /// <summary>1 to 8 characters, with zeros before them up to eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Aligned(ref byte text, int length)
    {
        var shift = 64 - (8 * length);
        return shift == 0 ? Unsafe.ReadUnaligned<ulong>(ref text) : (Unsafe.ReadUnaligned<ulong>(ref text) << shift) | (Zeros >> (64 - shift));
    }

    /// <summary>The number that eight digits say, the first in the lowest byte: pairs, then fours, then all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Digits(ulong text)
    {
        text &= 0x0F0F0F0F0F0F0F0F;
        text = ((text * 10) + (text >> 8)) & 0x00FF00FF00FF00FF;
        text = ((text * 100) + (text >> 16)) & 0x0000FFFF0000FFFF;
        return ((text * 10_000) + (text >> 32)) & 0xFFFFFFFF;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteBigEndian(ref byte to, ulong value) => Unsafe.WriteUnaligned(ref to, BinaryPrimitives.ReverseEndianness(value));
}

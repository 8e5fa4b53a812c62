using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Etl.Loader.Survey.Types;

/// <summary>How a number is written: its digits before and after the point. Distinguishes numbers from what only looks like them.</summary>
/// <param name="IntegerDigits">Digits before the point; 0 where the zero is missing (<c>.5</c>).</param>
/// <param name="Scale">Digits after the point.</param>
internal readonly record struct NumberShape(int IntegerDigits, int Scale)
{
    /// <summary>Bytes that <see cref="TryRead(ref byte, int, byte, out NumberShape)"/> may read beyond the value's end.</summary>
    public const int Slack = 32;

    /// <summary>The most that PostgreSQL's numeric holds before and after the point.</summary>
    private const int MaxIntegerDigits = 131_072;
    private const int MaxScale = 16_383;

    public bool IsInteger => Scale == 0;

    public static bool TryRead(ReadOnlySpan<byte> text, byte point, out NumberShape shape)
    {
        if (text.Length > Vector128<byte>.Count)
        {
            return TryReadLong(text, point, out shape);
        }

        Span<byte> padded = stackalloc byte[Slack];
        padded.Clear();
        text.CopyTo(padded);
        return TryRead(ref padded[0], text.Length, point, out shape);
    }

    /// <summary>
    /// Digits, at most one point between or before them, one leading '-'. No '+', no exponent, no leading zero before a digit, no
    /// negative zero (its sign would be lost), no point without decimals.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ref byte start, int length, byte point, out NumberShape shape)
    {
        if (length > Vector128<byte>.Count)
        {
            return TryReadLong(System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref start, length), point, out shape);
        }

        var negative = start == (byte)'-' && length > 0;
        ref var first = ref Unsafe.Add(ref start, negative ? 1 : 0);
        length -= negative ? 1 : 0;
        var digits = Vector128.LoadUnsafe(ref first) - Vector128.Create((byte)'0');
        var others = Vector128.GreaterThan(digits, Vector128.Create((byte)9)).ExtractMostSignificantBits() & ((1u << length) - 1);
        int whole, scale;
        if (others == 0)
        {
            whole = length;
            scale = 0;
            if (length == 0)
            {
                shape = default;
                return false;
            }
        }
        else
        {
            whole = BitOperations.TrailingZeroCount(others);
            scale = length - whole - 1;
            if ((others & (others - 1)) != 0 || Unsafe.Add(ref first, whole) != point || scale == 0)
            {
                shape = default;
                return false;
            }
        }

        shape = new(whole, scale);
        return first > (byte)'0'
            || (whole <= 1 && (!negative || AnyNonZero(System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpan(ref first, length))));
    }

    private static bool TryReadLong(ReadOnlySpan<byte> text, byte point, out NumberShape shape)
    {
        var negative = text[0] == '-';
        var number = negative ? text[1..] : text;
        var at = number.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        var whole = at < 0 ? number.Length : at;
        var scale = at < 0 ? 0 : number.Length - at - 1;
        shape = new(whole, scale);
        return whole <= MaxIntegerDigits && scale <= MaxScale
            && (at < 0 || (scale > 0 && number[at] == point && number[(at + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0))
            && (whole <= 1 || number[0] != '0')
            && (!negative || AnyNonZero(number));
    }

    private static bool AnyNonZero(ReadOnlySpan<byte> number) => number.IndexOfAnyInRange((byte)'1', (byte)'9') >= 0;
}

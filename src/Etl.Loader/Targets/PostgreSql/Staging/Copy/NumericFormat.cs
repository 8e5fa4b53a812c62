using System.Buffers.Binary;

namespace Etl.Loader.Targets.PostgreSql.Staging.Copy;

/// <summary>
/// PostgreSQL's binary form of <c>numeric</c>: digits to the base 10,000, the weight of the first, a sign, and the count of decimals to
/// show, which stays as written.
/// </summary>
internal static class NumericFormat
{
    private const int Header = 8;
    private const int MaxWhole = 131_072;
    private const int MaxScale = 16_383;
    private const ushort Negative = 0x4000;

    /// <summary>Bytes that <see cref="Write"/> may use at most for a text of this length.</summary>
    public static int MaxBytes(int textLength) => Header + 2 * (textLength / 4 + 3);

    /// <summary>
    /// Writes the number that the text says exactly. Returns the bytes written, or -1 where the text is not a plain decimal number (sign '-'
    /// only and never of zero, no leading zeros before a digit, no exponent), or lies beyond what column or PostgreSQL hold without rounding.
    /// </summary>
    /// <param name="maxWhole">Digits before the point that the column holds; negative: any.</param>
    /// <param name="maxScale">Digits after the point that the column holds, where <paramref name="maxWhole"/> is not negative.</param>
    public static int Write(ReadOnlySpan<byte> text, int maxWhole, int maxScale, Span<byte> to)
    {
        var negative = text.Length > 0 && text[0] == '-';
        var number = negative ? text[1..] : text;
        var point = number.IndexOf((byte)'.');
        var whole = point < 0 ? number : number[..point];
        var fraction = point < 0 ? default : number[(point + 1)..];
        if ((point < 0 ? whole.Length : fraction.Length) == 0
            || (whole.Length > 1 && whole[0] == '0')
            || whole.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0
            || fraction.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
        {
            return -1;
        }

        if (whole is [(byte)'0'])
        {
            whole = default;
        }

        if (whole.Length > (maxWhole < 0 ? MaxWhole : maxWhole) || fraction.Length > MaxScale
            || (maxWhole >= 0 && fraction.Length > maxScale && fraction[maxScale..].IndexOfAnyExcept((byte)'0') >= 0))
        {
            return -1;
        }

        var (digits, weight) = WriteDigits(whole, fraction, to[Header..]);
        if (negative && digits == 0)
        {
            // No numeric keeps the sign of zero.
            return -1;
        }

        BinaryPrimitives.WriteInt16BigEndian(to, (short)digits);
        BinaryPrimitives.WriteInt16BigEndian(to[2..], (short)weight);
        BinaryPrimitives.WriteUInt16BigEndian(to[4..], negative ? Negative : (ushort)0);
        BinaryPrimitives.WriteUInt16BigEndian(to[6..], (ushort)fraction.Length);
        return Header + 2 * digits;
    }

    /// <summary>Groups of four decimal digits on both sides of the point, without zero groups at either end.</summary>
    private static (int Count, int Weight) WriteDigits(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, Span<byte> to)
    {
        int written = 0, significant = 0, weight = (whole.Length + 3) / 4 - 1;
        for (int at = 0, length = (whole.Length - 1) % 4 + 1; at < whole.Length; at += length, length = 4)
        {
            var group = 0;
            for (var i = at; i < at + length; i++)
            {
                group = group * 10 + (whole[i] - '0');
            }

            BinaryPrimitives.WriteInt16BigEndian(to[(2 * written++)..], (short)group);
            significant = group != 0 ? written : significant;
        }

        for (var at = 0; at < fraction.Length; at += 4)
        {
            var group = 0;
            for (var i = at; i < at + 4; i++)
            {
                group = group * 10 + (i < fraction.Length ? fraction[i] - '0' : 0);
            }

            if (group == 0 && written == 0)
            {
                weight--;
                continue;
            }

            BinaryPrimitives.WriteInt16BigEndian(to[(2 * written++)..], (short)group);
            significant = group != 0 ? written : significant;
        }

        return significant == 0 ? (0, 0) : (significant, weight);
    }
}

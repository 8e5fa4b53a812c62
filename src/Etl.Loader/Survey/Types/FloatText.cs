using System.Globalization;

namespace Etl.Loader.Survey.Types;

/// <summary>Reads the text of a double without losing digits.</summary>
internal static class FloatText
{
    /// <summary>Digits that every double gives back, except for those nearest to zero, below <see cref="SmallestNormal"/>.</summary>
    private const int ExactFloatDigits = 15;
    private const double SmallestNormal = 2.2250738585072014e-308;

    /// <summary>Digits that are compared; a number with more that are not zero is not a double's.</summary>
    private const int MaxFloatDigits = 40;

    private static readonly string[] Formats = [.. Enumerable.Range(0, MaxFloatDigits).Select(i => string.Create(CultureInfo.InvariantCulture, $"E{i}"))];

    /// <summary>
    /// A number in decimal or exponent notation, <c>NaN</c>, <c>Infinity</c> or <c>-Infinity</c>. Takes the nearest double where that gives all
    /// the digits back that are written (15 always, 16 and 17 of those that were written from a double); a number beyond the range of doubles is none.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out double value)
    {
        if (text.Length > 0 && text[^1] is >= (byte)'a' and <= (byte)'z' or (byte)'N')
        {
            value = text.SequenceEqual("NaN"u8) ? double.NaN
                : text.SequenceEqual("Infinity"u8) ? double.PositiveInfinity
                : text.SequenceEqual("-Infinity"u8) ? double.NegativeInfinity
                : 0;
            return value != 0;
        }

        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

        // .NET passes over NUL characters behind a number.
        return double.TryParse(text, styles, CultureInfo.InvariantCulture, out value) && double.IsFinite(value) && text[^1] != 0
            && ((text.Length <= ExactFloatDigits && Math.Abs(value) >= SmallestNormal) || GivesBack(value, text));
    }

    /// <summary>True when the double, written with as many significant digits as the text has, is the text's number.</summary>
    private static bool GivesBack(double value, ReadOnlySpan<byte> text)
    {
        Span<byte> digits = stackalloc byte[MaxFloatDigits];
        var count = Significant(text, digits);
        if (count <= 0)
        {
            return count == 0;
        }

        Span<byte> written = stackalloc byte[MaxFloatDigits + 16];
        Span<byte> again = stackalloc byte[MaxFloatDigits];
        return value.TryFormat(written, out var length, Formats[count - 1], CultureInfo.InvariantCulture)
            && again[..Math.Max(0, Significant(written[..length], again))].SequenceEqual(digits[..count]);
    }

    /// <summary>The digits of a number from the first to the last that is not zero; -1 where there are more than room for.</summary>
    private static int Significant(ReadOnlySpan<byte> number, Span<byte> digits)
    {
        int count = 0, zeros = 0;
        foreach (var c in number)
        {
            if (c is (byte)'e' or (byte)'E')
            {
                break;
            }

            if (c == '0')
            {
                zeros += count > 0 ? 1 : 0;
            }
            else if (c is > (byte)'0' and <= (byte)'9')
            {
                if (count + zeros >= digits.Length)
                {
                    return -1;
                }

                digits.Slice(count, zeros).Fill((byte)'0');
                digits[count + zeros] = c;
                (count, zeros) = (count + zeros + 1, 0);
            }
        }

        return count;
    }
}

namespace Etl.Loader.Targets.DuckDb.Staging;

/// <summary>Reads canonical decimals ("-12.50", ".097", "7") as the integer that DuckDB stores: the number times ten to the column's scale.</summary>
internal static class DecimalText
{
    /// <summary>False where the text is not a decimal number or does not fit precision and scale without rounding. Zeros beyond the scale are not loss.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, int precision, int scale, out Int128 value)
    {
        value = 0;
        var negative = text.Length > 0 && text[0] == '-';
        var digits = negative ? text[1..] : text;
        var point = digits.IndexOf((byte)'.');
        var whole = point < 0 ? digits : digits[..point];
        var places = point < 0 ? [] : digits[(point + 1)..].TrimEnd((byte)'0');
        if ((point < 0 ? whole.Length : digits.Length - 1) == 0 || places.Length > scale)
        {
            return false;
        }

        var significant = whole.TrimStart((byte)'0');
        if (significant.Length + scale > precision && significant.Length > 0)
        {
            return false;
        }

        if (!TryAppend(ref value, significant) || !TryAppend(ref value, places))
        {
            return false;
        }

        for (var i = places.Length; i < scale; i++)
        {
            value *= 10;
        }

        value = negative ? -value : value;
        return true;
    }

    private static bool TryAppend(ref Int128 value, ReadOnlySpan<byte> digits)
    {
        foreach (var c in digits)
        {
            var digit = (uint)(c - '0');
            if (digit > 9)
            {
                return false;
            }

            value = value * 10 + (int)digit;
        }

        return true;
    }
}

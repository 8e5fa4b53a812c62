using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Etl.Loader.Survey.Types;

/// <summary>
/// Reads the canonical text of each type: what the type proof takes as that type, and nothing else, so that a value which was proven
/// can be encoded, and one that was not is distinguished. Nothing is allocated and nothing depends on culture or time zone.
/// </summary>
internal static class ValueParser
{
    private const long MicrosPerDay = 86_400_000_000;

    /// <summary>0001-01-01 and 10000-01-01.</summary>
    private const long FirstMicro = -730_119 * MicrosPerDay;
    private const long AfterLastMicro = 2_921_940 * MicrosPerDay;

    /// <summary>Days from 0000-03-01 to 2000-01-01 in the proleptic Gregorian calendar.</summary>
    private const int EpochDays = 730_425;

    /// <summary>Digits with at most one leading '-': no '+', no leading zeros, no "-0".</summary>
    public static bool TryBigInt(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        var negative = text.Length > 0 && text[0] == '-';
        var digits = negative ? text[1..] : text;
        if ((uint)(digits.Length - 1) >= 19 || (digits[0] == '0' && text.Length > 1))
        {
            return false;
        }

        ulong sum = 0;
        foreach (var c in digits)
        {
            var digit = (uint)(c - '0');
            if (digit > 9)
            {
                return false;
            }

            sum = sum * 10 + digit;
        }

        // 19 digits always fit into 64 bits without a sign, so one comparison settles the range.
        if (sum > (ulong)long.MaxValue + (negative ? 1UL : 0UL))
        {
            return false;
        }

        value = negative ? (long)(0 - sum) : (long)sum;
        return true;
    }

    /// <summary><c>yyyy-MM-dd</c>, years 0001 to 9999.</summary>
    public static bool TryDate(ReadOnlySpan<byte> text, out int daysSince2000)
    {
        daysSince2000 = 0;
        if (text.Length != 10 || text[4] != '-' || text[7] != '-')
        {
            return false;
        }

        int high = TwoDigits(text, 0), low = TwoDigits(text, 2), month = TwoDigits(text, 5), day = TwoDigits(text, 8);
        if ((high | low | month | day) < 0)
        {
            return false;
        }

        return TryDays(high * 100 + low, month, day, out daysSince2000);
    }

    /// <summary>How many days more than 28 each month has, two bits each from January on.</summary>
    private const uint DaysBeyond28 = 0b11_10_11_10_11_11_10_11_10_11_00_11;

    /// <summary>
    /// True for dates of ten characters at a glance, but for 29 February; false says nothing. May read six bytes more.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsPlainDate(ref byte text)
    {
        var digits = Vector128.LoadUnsafe(ref text) - Vector128.Create((byte)'0');
        var others = Vector128.GreaterThan(digits, Vector128.Create((byte)9)).ExtractMostSignificantBits() & 0x3FF;
        var month = digits.GetElement(5) * 10 + digits.GetElement(6);
        var day = digits.GetElement(8) * 10 + digits.GetElement(9);
        return others == 0b0010010000 && digits.GetElement(4) == unchecked((byte)('-' - '0')) && digits.GetElement(7) == digits.GetElement(4)
            && (uint)(month - 1) < 12 && (uint)(day - 1) < 28 + ((DaysBeyond28 >> (2 * (month - 1))) & 3) && digits.AsUInt32().GetElement(0) != 0;
    }

    /// <summary><c>HH:mm:ss</c> with one to six decimals at most, 00:00:00 to 23:59:59.999999.</summary>
    public static bool TryTime(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (text.Length < 8 || text[2] != ':' || text[5] != ':')
        {
            return false;
        }

        int hour = TwoDigits(text, 0), minute = TwoDigits(text, 3), second = TwoDigits(text, 6);
        if ((uint)hour > 23 || (uint)minute > 59 || (uint)second > 59)
        {
            return false;
        }

        var fraction = 0;
        if (text.Length > 8 && !TryFraction(text[8..], out fraction))
        {
            return false;
        }

        micros = (hour * 3600L + minute * 60 + second) * 1_000_000 + fraction;
        return true;
    }

    /// <summary>A date, 'T' or one blank, a time; no zone.</summary>
    public static bool TryTimestamp(ReadOnlySpan<byte> text, out long microsSince2000)
    {
        microsSince2000 = 0;
        if (text.Length < 19 || (text[10] != ' ' && text[10] != 'T')
            || !TryDate(text[..10], out var days) || !TryTime(text[11..], out var micros))
        {
            return false;
        }

        microsSince2000 = days * MicrosPerDay + micros;
        return true;
    }

    /// <summary>
    /// A timestamp that ends in <c>Z</c> or an offset (<c>+02:00</c>, <c>+0200</c>, <c>+02</c>), as the instant in UTC. The proof takes
    /// <see cref="IsUtc">UTC</see> only, since the offset itself is lost; other offsets come here where the producer's schema asks for it.
    /// </summary>
    public static bool TryTimestampTz(ReadOnlySpan<byte> text, out long microsSince2000)
    {
        microsSince2000 = 0;
        if (text.EndsWith("Z"u8))
        {
            return TryTimestamp(text[..^1], out microsSince2000);
        }

        // A date has its hyphens before, so what follows the time's first colon is the offset's sign.
        var sign = text.Length < 20 ? -1 : text[19..].IndexOfAny((byte)'+', (byte)'-');
        if (sign < 0 || !TryOffset(text[(19 + sign + 1)..], out var minutes) || !TryTimestamp(text[..(19 + sign)], out microsSince2000))
        {
            return false;
        }

        microsSince2000 -= (text[19 + sign] == '-' ? -minutes : minutes) * 60_000_000L;
        return microsSince2000 is >= FirstMicro and < AfterLastMicro;
    }

    /// <summary>True for a timestamp that says it is in UTC.</summary>
    public static bool IsUtc(ReadOnlySpan<byte> timestampTz) => timestampTz.EndsWith("Z"u8) || timestampTz.EndsWith("+00:00"u8);

    /// <summary><c>true</c> or <c>false</c>, each also as <c>True</c> and <c>TRUE</c>.</summary>
    public static bool TryBoolean(ReadOnlySpan<byte> text, out bool value)
    {
        value = text.Length == 4;
        return BooleanCasing(text) != 0;
    }

    /// <summary>1: <c>true</c>, 2: <c>True</c>, 3: <c>TRUE</c> (and the same for false); 0: no boolean.</summary>
    public static int BooleanCasing(ReadOnlySpan<byte> text) => text.Length switch
    {
        4 => text.SequenceEqual("true"u8) ? 1 : text.SequenceEqual("True"u8) ? 2 : text.SequenceEqual("TRUE"u8) ? 3 : 0,
        5 => text.SequenceEqual("false"u8) ? 1 : text.SequenceEqual("False"u8) ? 2 : text.SequenceEqual("FALSE"u8) ? 3 : 0,
        _ => 0,
    };

    /// <summary>Lower-case 8-4-4-4-12 with hyphens, into sixteen bytes in the order they are written.</summary>
    public static bool TryUuid(ReadOnlySpan<byte> text, Span<byte> bytes)
    {
        if (text.Length != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-')
        {
            return false;
        }

        var at = 0;
        for (var i = 0; i < 16; i++)
        {
            if (at is 8 or 13 or 18 or 23)
            {
                at++;
            }

            int high = HexDigit(text[at]), low = HexDigit(text[at + 1]);
            if ((high | low) < 0)
            {
                return false;
            }

            bytes[i] = (byte)(high << 4 | low);
            at += 2;
        }

        return true;
    }

    /// <inheritdoc cref="FloatText.TryRead"/>
    public static bool TryFloat8(ReadOnlySpan<byte> text, out double value) => FloatText.TryRead(text, out value);

    /// <summary>Days since 2000-01-01; false for a day that the calendar does not have.</summary>
    internal static bool TryDays(int year, int month, int day, out int daysSince2000)
    {
        daysSince2000 = 0;
        if ((uint)(year - 1) >= 9999 || (uint)(month - 1) >= 12 || day < 1 || (day > 28 && day > DateTime.DaysInMonth(year, month)))
        {
            return false;
        }

        daysSince2000 = DaysOf(year, month, day);
        return true;
    }

    /// <summary>Days since 2000-01-01 of a day that the calendar has.</summary>
    internal static int DaysOf(int year, int month, int day)
    {
        // Years begin in March here, so that the leap day is the last of its year.
        var shifted = month <= 2 ? year - 1 : year;
        var monthFromMarch = month <= 2 ? month + 9 : month - 3;
        return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + (153 * monthFromMarch + 2) / 5 + day - 1 - EpochDays;
    }

    /// <summary>The number in two digits, -1 where either is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int TwoDigits(ReadOnlySpan<byte> text, int at)
    {
        uint tens = (uint)(text[at] - '0'), ones = (uint)(text[at + 1] - '0');
        return tens > 9 || ones > 9 ? -1 : (int)(tens * 10 + ones);
    }

    /// <summary><c>HH:mm</c>, <c>HHmm</c> or <c>HH</c>, up to 15:59 as PostgreSQL has it.</summary>
    private static bool TryOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length is not (2 or 4 or 5) || (text.Length == 5 && text[2] != ':'))
        {
            return false;
        }

        int hours = TwoDigits(text, 0), rest = text.Length == 2 ? 0 : TwoDigits(text, text.Length - 2);
        minutes = hours * 60 + rest;
        return hours is >= 0 and <= 15 && rest is >= 0 and <= 59;
    }

    /// <summary>A point and one to six digits, as microseconds.</summary>
    private static bool TryFraction(ReadOnlySpan<byte> text, out int micros)
    {
        micros = 0;
        if (text.Length is < 2 or > 7 || text[0] != '.')
        {
            return false;
        }

        for (var i = 1; i <= 6; i++)
        {
            var digit = i < text.Length ? (uint)(text[i] - '0') : 0;
            if (digit > 9)
            {
                return false;
            }

            micros = micros * 10 + (int)digit;
        }

        return true;
    }

    private static int HexDigit(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        _ => -1,
    };
}

using System.Globalization;

namespace Etl.Loader.Fuzz.Generation;

/// <summary>
/// What columns are meant to hold, and what comes near it. An intent settles what its column has in common and gives a source of texts; which
/// type the texts then prove is said by <see cref="Oracle.TypeOracle"/>, which has not seen the product's parsers.
/// </summary>
internal static class Intents
{
    private static readonly Func<Dice, WrittenFormats, Func<string>>[] Typed =
    [
        (dice, _) => Integer(dice), (dice, _) => Integer(dice), Decimal, Decimal, Date, Date, (dice, _) => Time(dice), Timestamp, Timestamp, (dice, _) => TimestampTz(dice),
        (dice, _) => Boolean(dice), (dice, _) => Uuid(dice),
    ];

    private static readonly Func<Dice, WrittenFormats, Func<string>>[] Nearly =
    [
        (dice, _) => () => dice.Digits(dice.Int(1, 4)).PadLeft(5, '0'), // 00042
        (dice, _) => () => dice.One("1e5", "1.5E-3", "-2e+10", "7"),
        (dice, _) => () => dice.One("+1", "1,234", "1 000", "12", "0x1F", "1_000", "½"),
        (dice, _) => () => dice.One("2023-02-29", "2026-1-5", "20260105", "2024-02-29", "2026/01/05", "31.12.2020", "12/31/2020", "0000-01-01", "2026-13-01"),
        (dice, _) => () => dice.One("12:30", "24:00:00", "12:30:00.1234567", "12:30:60", "9:05:00", "12:30:00"),
        (dice, _) => () => dice.One("2026-01-31T10:00:00+02:00", "2026-01-31T10:00:00Z", "2026-01-31 10:00", "2026-01-31t10:00:00", "2026-01-31T24:00:00"),
        (dice, _) => () => dice.One("t", "f", "yes", "no", "Y", "N", "true", "TRUE", "0", "1"),
        (dice, _) => () => dice.One("NaN", "Infinity", "-Infinity", "1.5", "-inf"),
        (dice, _) => () => dice.One("-0", "-0.00", "0", "0.0", "00.5", "1.", ".5", "-.5", "."),
        (dice, _) => () => dice.One(" 1", "1 ", "1", "\t1"),
        (dice, _) => () => dice.One("{\"a\": 1}", "[1, 2]", "{}", "null", "{\"a\": {\"b\": \"c,d\"}}"),
        (dice, _) => () => dice.One("9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "0"),
        (dice, _) => () => dice.Digits(dice.One(1, 19, 20, 38, 39, 120)),
    ];

    /// <summary>A column of one clear type, by which a file's form can be recognised.</summary>
    public static Func<string> Clear(Dice dice, WrittenFormats formats) => dice.Int(0, 2) switch
    {
        0 => Counter(dice),
        1 => () => dice.Digits(dice.Int(1, 4)) + (formats.Decimal == ',' ? ',' : '.') + dice.Digits(2),
        _ => Date(dice, formats),
    };

    /// <summary>Any column: mostly typed or text, sometimes nearly typed, sometimes with other values in between.</summary>
    /// <param name="text">Where texts come from.</param>
    public static Func<string> Any(Dice dice, WrittenFormats formats, Func<string> text)
    {
        var values = dice.Int(0, 9) switch
        {
            < 5 => dice.One(Typed)(dice, formats),
            < 8 => text,
            _ => dice.One(Nearly)(dice, formats),
        };
        if (!dice.Chance(0.15))
        {
            return values;
        }

        var (others, part) = (dice.Chance(0.5) ? text : dice.One(Nearly)(dice, formats), dice.One(0.02, 0.1, 0.5));
        return () => dice.Chance(part) ? others() : values();
    }

    private static Func<string> Counter(Dice dice)
    {
        long next = dice.Int(0, 100_000);
        return () => (next += dice.Int(1, 3)).ToString(CultureInfo.InvariantCulture);
    }

    private static Func<string> Integer(Dice dice)
    {
        var digits = dice.One(1, 3, 6, 9, 17, 18, 19, 20, 25, 40);
        return () => (dice.Chance(0.2) ? "-" : "") + dice.Digits(dice.Int(1, digits));
    }

    private static Func<string> Decimal(Dice dice, WrittenFormats formats)
    {
        var (whole, scale, mixed, bare, signed) = (dice.One(1, 4, 9, 15, 30), dice.One(1, 2, 4, 6, 15), dice.Chance(0.4), dice.Chance(0.2), dice.Chance(0.3));
        return () =>
        {
            var places = mixed ? dice.Int(0, scale) : scale;
            var before = bare && places > 0 && dice.Chance(0.4) ? "" : dice.Chance(0.2) ? "0" : dice.Digits(dice.Int(1, whole));
            var after = places == 0 ? "" : formats.Decimal + dice.Digits(places);
            return (signed && dice.Chance(0.3) && before != "0" ? "-" : "") + before + after;
        };
    }

    private static Func<string> Date(Dice dice, WrittenFormats formats)
    {
        var edges = dice.Chance(0.1);
        return () => Day(dice, edges).ToString(formats.Date ?? "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    private static Func<string> Time(Dice dice)
    {
        var places = dice.One(0, 0, 1, 3, 6);
        return () => Moment(dice, false).ToString("HH:mm:ss", CultureInfo.InvariantCulture) + Fraction(dice, places);
    }

    private static Func<string> Timestamp(Dice dice, WrittenFormats formats)
    {
        var (separator, mixed, places, days, edges) = (dice.One(" ", "T"), dice.Chance(0.05), dice.One(0, 0, 3, 6), dice.Chance(0.05), dice.Chance(0.1));
        if (formats.Timestamp is { } format)
        {
            return () => Moment(dice, edges).ToString(format, CultureInfo.InvariantCulture);
        }

        return () => days && dice.Chance(0.3)
            ? Day(dice, edges).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : Moment(dice, edges).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + (mixed ? dice.One(" ", "T") : separator)
                + Moment(dice, edges).ToString("HH:mm:ss", CultureInfo.InvariantCulture) + Fraction(dice, places);
    }

    private static Func<string> TimestampTz(Dice dice)
    {
        var (separator, zone, mixed, places) = (dice.One(" ", "T"), dice.One("Z", "Z", "+00:00", "+02:00"), dice.Chance(0.2), dice.One(0, 3, 6));
        return () => Moment(dice, false).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + separator
            + Moment(dice, false).ToString("HH:mm:ss", CultureInfo.InvariantCulture) + Fraction(dice, places) + (mixed ? dice.One("Z", "+00:00") : zone);
    }

    private static Func<string> Boolean(Dice dice)
    {
        var casing = dice.One("true false", "True False", "TRUE FALSE", "true False").Split(' ');
        return () => dice.One(casing);
    }

    private static Func<string> Uuid(Dice dice)
    {
        var format = dice.One("D", "D", "D", "N");
        return () => new Guid(dice.Bytes(16)).ToString(format, CultureInfo.InvariantCulture);
    }

    private static string Fraction(Dice dice, int places) => places == 0 || dice.Chance(0.2) ? "" : "." + dice.Digits(places);

    private static DateTime Day(Dice dice, bool edges) => edges && dice.Chance(0.3)
        ? dice.One(DateTime.MinValue.Date, DateTime.MaxValue.Date, new DateTime(2000, 2, 29), new DateTime(1900, 2, 28), new DateTime(1999, 12, 31), new DateTime(2000, 1, 1))
        : new DateTime(1950, 1, 1).AddDays(dice.Int(0, 36_500));

    private static DateTime Moment(Dice dice, bool edges) => Day(dice, edges).AddSeconds(dice.Int(0, 86_399));
}

/// <summary>How a file writes decimals, dates and timestamps; null: ISO 8601.</summary>
internal sealed record WrittenFormats(char Decimal = '.', string? Date = null, string? Timestamp = null);

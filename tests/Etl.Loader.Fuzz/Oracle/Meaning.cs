using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using Etl.Loader.Fuzz.Generation;
using Etl.Loader.Survey;

namespace Etl.Loader.Fuzz.Oracle;

/// <summary>
/// The value that a text says, by .NET's own parsers and in plain sight: slow, and nothing of the product's in it. Two values are the same
/// where their meanings are equal.
/// </summary>
internal static partial class Meaning
{
    private static readonly DateTime Epoch = new(2000, 1, 1);

    /// <summary>Null where the text is not a value of the type.</summary>
    public static object? Of(TypeKind kind, string text, WrittenFormats formats) => kind switch
    {
        TypeKind.BigInt => Integer().IsMatch(text) && BigInteger.Parse(text, CultureInfo.InvariantCulture) is var n && n >= long.MinValue && n <= long.MaxValue
            ? (long)n
            : null,
        TypeKind.Numeric => Number(text, formats.Decimal),
        TypeKind.Float8 => formats.Decimal != '.' && text.Contains('.', StringComparison.Ordinal) ? null : FloatMeaning.Of(text.Replace(formats.Decimal, '.')),
        TypeKind.Boolean => text is "true" or "True" or "TRUE" ? true : text is "false" or "False" or "FALSE" ? false : null,
        TypeKind.Date => Day(text, formats) is { } day ? (int)(day - Epoch).TotalDays : null,
        TypeKind.Time => TimePattern().IsMatch(text) && TimeSpan.TryParseExact(Padded(text), @"hh\:mm\:ss\.ffffff", CultureInfo.InvariantCulture, out var time)
            ? time.Ticks / 10
            : null,
        TypeKind.Timestamp => (Moment(text, formats) ?? Day(text, formats)) is { } moment ? (moment - Epoch).Ticks / 10 : null,
        TypeKind.TimestampTz => Instant(text),
        TypeKind.Uuid => UuidPattern().IsMatch(text) ? Guid.ParseExact(text, "D") : null,
        TypeKind.Bytes => Hexadecimal().IsMatch(text) ? text[2..].ToLowerInvariant() : null,
        TypeKind.Json => ReferenceTables.IsJson(text) ? text : null,
        _ => text,
    };

    public static string Show(object? meaning) => meaning switch
    {
        null => "null",
        string text => $"'{(text.Length > 200 ? text[..200] + "…" : text)}' ({text.Length} characters)",
        _ => string.Create(CultureInfo.InvariantCulture, $"{meaning}"),
    };

    private static Decimal? Number(string text, char point)
    {
        var match = (point == ',' ? CommaNumber() : PointNumber()).Match(text);
        if (!match.Success || match.Groups["whole"].Length + match.Groups["places"].Length == 0)
        {
            return null;
        }

        var places = match.Groups["places"].Value;
        var unscaled = BigInteger.Parse("0" + match.Groups["whole"].Value + places, CultureInfo.InvariantCulture);
        var negative = text[0] == '-';
        return (negative && unscaled.IsZero) || match.Groups["whole"].Length > 131_072 || places.Length > 16_383
            ? null
            : Decimal.Of(negative ? -unscaled : unscaled, places.Length);
    }

    /// <summary>True where nothing of the zone is lost when the instant alone is kept.</summary>
    public static bool IsUtc(string text) => text.EndsWith('Z') || text.EndsWith("+00:00", StringComparison.Ordinal);

    private static long? Instant(string text)
    {
        var zone = Zone().Match(text);
        if (!zone.Success || Moment(text[..zone.Index], new()) is not { } written)
        {
            return null;
        }

        var ticks = (written - Epoch).Ticks;
        if (zone.Value != "Z")
        {
            var minutes = (int.Parse(zone.Groups["hours"].ValueSpan, CultureInfo.InvariantCulture) * 60) + (zone.Groups["minutes"].Success ? int.Parse(zone.Groups["minutes"].ValueSpan, CultureInfo.InvariantCulture) : 0);
            ticks += (zone.Value[0] == '-' ? 1 : -1) * minutes * TimeSpan.TicksPerMinute;
        }

        return ticks >= (DateTime.MinValue - Epoch).Ticks && ticks <= (DateTime.MaxValue - Epoch).Ticks ? ticks / 10 : null;
    }

    private static DateTime? Day(string text, WrittenFormats formats) =>
        DateTime.TryParseExact(text, formats.Date ?? "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static DateTime? Moment(string text, WrittenFormats formats)
    {
        if (formats.Timestamp is { } format)
        {
            return DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var written) ? written : null;
        }

        return MomentPattern().IsMatch(text)
            && DateTime.TryParseExact(Padded(text.Replace('T', ' ')), "yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment)
            ? moment
            : null;
    }

    private static string Padded(string text) => text.IndexOf('.') is var point and >= 0 ? text.PadRight(point + 7, '0') : text + ".000000";

    [GeneratedRegex(@"\A(0|-?[1-9][0-9]*)\z")]
    private static partial Regex Integer();

    [GeneratedRegex(@"\A-?(?<whole>0|[1-9][0-9]*)?(\.(?<places>[0-9]+))?\z")]
    private static partial Regex PointNumber();

    [GeneratedRegex(@"\A-?(?<whole>0|[1-9][0-9]*)?(,(?<places>[0-9]+))?\z")]
    private static partial Regex CommaNumber();

    [GeneratedRegex(@"\A[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?\z")]
    private static partial Regex TimePattern();

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?\z")]
    private static partial Regex MomentPattern();

    [GeneratedRegex(@"\A\\x([0-9a-fA-F]{2})*\z")]
    private static partial Regex Hexadecimal();

    [GeneratedRegex(@"(Z|[-+](?<hours>0[0-9]|1[0-5])(:?(?<minutes>[0-5][0-9]))?)\z")]
    private static partial Regex Zone();

    [GeneratedRegex(@"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\z")]
    private static partial Regex UuidPattern();
}

/// <summary>An exact decimal number; equal numbers are equal however many zeros they are written with.</summary>
internal readonly record struct Decimal(BigInteger Unscaled, int Scale)
{
    public static Decimal Of(BigInteger unscaled, int scale)
    {
        while (scale > 0 && (unscaled % 10).IsZero)
        {
            (unscaled, scale) = (unscaled / 10, scale - 1);
        }

        return new(unscaled, scale);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Unscaled} / 10^{Scale}");
}

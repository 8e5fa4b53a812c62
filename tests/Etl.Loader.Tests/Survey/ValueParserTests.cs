using System.Globalization;
using System.Numerics;
using System.Text;
using CsCheck;
using Etl.Loader.Survey.Types;

namespace Etl.Loader.Tests.Survey;

/// <summary>Text and value agree: what the framework writes of a value is read as that value.</summary>
public class ValueParserTests
{
    private static readonly DateTime Epoch = new(2000, 1, 1);

    [Fact]
    public void Integers_are_read_as_they_are_written() =>
        Gen.Long.Sample(value => ValueParser.TryBigInt(Encoding.UTF8.GetBytes(value.ToString(CultureInfo.InvariantCulture)), out var read) && read == value);

    [Fact]
    public void Moments_are_read_as_they_are_written() =>
        Gen.Long[0, DateTime.MaxValue.Ticks / 10].Sample(micros =>
        {
            var moment = new DateTime(micros * 10);
            var text = Encoding.UTF8.GetBytes(moment.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture));
            var expected = (moment.Ticks - Epoch.Ticks) / 10;
            return ValueParser.TryTimestamp(text, out var timestamp) && timestamp == expected
                && ValueParser.TryTimestampTz([.. text, (byte)'Z'], out var zoned) && zoned == expected
                && ValueParser.TryDate(text.AsSpan(0, 10), out var days) && days == (moment.Date - Epoch).Days
                && ValueParser.TryTime(text.AsSpan(11), out var time) && time == moment.TimeOfDay.Ticks / 10;
        });

    [Fact]
    public void Every_day_of_the_calendar_follows_the_day_before()
    {
        for (var day = DateTime.MinValue; day < DateTime.MaxValue.Date; day = day.AddDays(1))
        {
            Assert.True(ValueParser.TryDays(day.Year, day.Month, day.Day, out var days));
            Assert.Equal((day - Epoch).Days, days);
        }
    }

    [Theory]
    [InlineData(1900)]
    [InlineData(2000)]
    [InlineData(2023)]
    [InlineData(2024)]
    public void Days_known_at_a_glance_are_all_but_the_29th_of_February(int year)
    {
        Span<byte> text = stackalloc byte[32];
        for (var (month, day) = (0, 0); month < 100; (month, day) = day < 99 ? (month, day + 1) : (month + 1, 0))
        {
            Encoding.UTF8.GetBytes($"{year}-{month:00}-{day:00}", text);
            var known = ValueParser.TryDays(year, month, day, out _) && (month, day) != (2, 29);
            Assert.Equal(known, ValueParser.IsPlainDate(ref text[0]));
        }
    }

    [Fact]
    public void Uuids_are_read_as_they_are_written() =>
        Gen.Guid.Sample(value =>
        {
            Span<byte> bytes = stackalloc byte[16];
            return ValueParser.TryUuid(Encoding.UTF8.GetBytes(value.ToString()), bytes) && bytes.SequenceEqual(value.ToByteArray(bigEndian: true));
        });

    [Fact]
    public void Doubles_are_read_as_they_are_written() =>
        Gen.Double.Sample(value => ValueParser.TryFloat8(Encoding.UTF8.GetBytes(value.ToString("R", CultureInfo.InvariantCulture)), out var read)
            && BitConverter.DoubleToInt64Bits(read) == BitConverter.DoubleToInt64Bits(value));

    /// <summary>As a C program writes them; what has more digits than the double is not a double.</summary>
    [Fact]
    public void Doubles_of_seventeen_digits_are_read_and_other_digits_are_not_lost() =>
        Gen.Double[1, 1e15].Sample(value =>
        {
            var written = value.ToString("E16", CultureInfo.InvariantCulture);
            var point = written.IndexOf('E', StringComparison.Ordinal);
            var longer = written[..point] + "0001" + written[point..];
            return ValueParser.TryFloat8(Encoding.UTF8.GetBytes(written), out var read) && read.Equals(value)
                && (!ValueParser.TryFloat8(Encoding.UTF8.GetBytes(longer), out var near) || near.ToString("E20", CultureInfo.InvariantCulture)[..22] == longer[..22]);
        });

    [Theory]
    [InlineData("2026-03-29T02:30:00+02:00", "2026-03-29T00:30:00Z")]
    [InlineData("2026-01-01 00:00:00.5-0330", "2026-01-01 03:30:00.5Z")]
    [InlineData("2026-01-01 00:00:00+13", "2025-12-31 11:00:00Z")]
    public void An_offset_is_an_instant(string text, string utc)
    {
        Assert.True(ValueParser.TryTimestampTz(Encoding.UTF8.GetBytes(text), out var instant));
        Assert.True(ValueParser.TryTimestampTz(Encoding.UTF8.GetBytes(utc), out var expected));
        Assert.Equal(expected, instant);
    }

    [Theory]
    [InlineData("0001-01-01 00:00:00+01:00")]
    [InlineData("9999-12-31 23:00:00-01:00")]
    [InlineData("2026-01-01 00:00:00+1")]
    [InlineData("2026-01-01 00:00:00+01:60")]
    [InlineData("2026-01-01 00:00:00 +01:00")]
    [InlineData("2026-01-01 00:00:00")]
    [InlineData("2026-01-01T00:00+01:00")]
    public void What_is_not_an_instant_of_the_years_1_to_9999_is_refused(string text) => Assert.False(ValueParser.TryTimestampTz(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("12345678901234567890")]
    [InlineData("0.1234567890123456789")]
    [InlineData("9007199254740993")]
    [InlineData("1e-400")]
    [InlineData("1e999")]
    [InlineData("nan")]
    [InlineData("inf")]
    [InlineData(" 1")]
    [InlineData("1_000")]
    [InlineData("")]
    [InlineData("1.5\0")]
    public void What_is_not_a_double_is_refused(string text) => Assert.False(ValueParser.TryFloat8(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Numbers_have_the_shape_that_arithmetic_gives_them() =>
        Gen.Select(Gen.Int[0, 30], Gen.Int[0, 30], Gen.Bool, Gen.ULong).Sample((whole, scale, negative, seed) =>
        {
            var digits = (BigInteger.Pow(10, whole) + seed % 7).ToString(CultureInfo.InvariantCulture);
            var text = (negative ? "-" : "") + digits + (scale > 0 ? "." + new string('5', scale) : "");
            return NumberShape.TryRead(Encoding.UTF8.GetBytes(text), (byte)'.', out var shape)
                && shape == new NumberShape(digits.Length, scale);
        });

    /// <summary>The vectorised check against a plain statement of the same rule.</summary>
    [Fact]
    public void Vectorised_and_plain_number_checks_agree() =>
        Gen.Char["0123456789.-+e ,"].Array[0, 24].Select(chars => new string(chars)).Sample(
            text => NumberShape.TryRead(Encoding.UTF8.GetBytes(text), (byte)'.', out _)
                == (System.Text.RegularExpressions.Regex.IsMatch(text, @"^-?((0|[1-9][0-9]*)(\.[0-9]+)?|\.[0-9]+)\z")
                    && !System.Text.RegularExpressions.Regex.IsMatch(text, @"^-[0.]*\z")),
            iter: 200_000);
}

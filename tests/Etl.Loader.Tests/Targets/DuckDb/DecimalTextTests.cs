using System.Globalization;
using System.Text;
using CsCheck;
using Etl.Loader.Targets.DuckDb.Staging;

namespace Etl.Loader.Tests.Targets.DuckDb;

public class DecimalTextTests
{
    [Theory]
    [InlineData(".097", 3, 3, "97")]
    [InlineData("-.5", 4, 2, "-50")]
    [InlineData("7", 3, 2, "700")]
    [InlineData("7.10", 2, 1, "71")]
    [InlineData("0.000", 1, 1, "0")]
    [InlineData("007.5", 2, 1, "75")]
    [InlineData("99999999999999999999999999999999999999", 38, 0, "99999999999999999999999999999999999999")]
    [InlineData("-0.00000000000000000000000000000000000001", 38, 38, "-1")]
    public void A_decimal_becomes_the_number_times_ten_to_the_scale(string text, int precision, int scale, string expected)
    {
        Assert.True(DecimalText.TryRead(Encoding.UTF8.GetBytes(text), precision, scale, out var value));
        Assert.Equal(Int128.Parse(expected, CultureInfo.InvariantCulture), value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("-.")]
    [InlineData("1e2")]
    [InlineData("+1")]
    [InlineData("1,5")]
    [InlineData(" 1")]
    [InlineData("1.2.3")]
    [InlineData("--1")]
    [InlineData("1.234")]
    [InlineData("1000")]
    [InlineData("NaN")]
    public void What_is_not_a_decimal_or_does_not_fit_is_distinguished(string text) =>
        Assert.False(DecimalText.TryRead(Encoding.UTF8.GetBytes(text), 5, 2, out _));

    [Fact]
    public void Every_decimal_of_the_frameworks_type_reads_as_itself() =>
        Gen.Decimal[-999_999_999_999m, 999_999_999_999m].Sample(number =>
        {
            var rounded = Math.Round(number, 6);
            var text = rounded.ToString(CultureInfo.InvariantCulture);
            Assert.True(DecimalText.TryRead(Encoding.UTF8.GetBytes(text), 38, 6, out var value));
            Assert.Equal((Int128)(rounded * 1_000_000m), value);
        });
}

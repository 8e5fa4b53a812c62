using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using CsCheck;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.PostgreSql;
using Etl.Loader.Targets.PostgreSql.Staging.Copy;
using PostgreSqlIdentifiers = Etl.Loader.Targets.PostgreSql.Identifiers;

namespace Etl.Loader.Tests.Targets.PostgreSql;

public class BinaryFormatTests
{
    private static byte[]? Encode(string text, ColumnType type)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var to = new byte[BinaryFormat.MaxBytes(bytes.Length)];
        var length = BinaryFormat.Write(BinaryColumn.Of(new TargetColumn(0, "v", "v", type)), bytes, to);
        return length < 0 ? null : to[..length];
    }

    /// <summary>PostgreSQL's numeric read back: the digits as an integer, and the scale.</summary>
    private static (BigInteger Unscaled, int Scale) ReadNumeric(byte[] value)
    {
        int digits = BinaryPrimitives.ReadInt16BigEndian(value), weight = BinaryPrimitives.ReadInt16BigEndian(value.AsSpan(2));
        int sign = BinaryPrimitives.ReadUInt16BigEndian(value.AsSpan(4)), scale = BinaryPrimitives.ReadUInt16BigEndian(value.AsSpan(6));
        Assert.Equal(8 + 2 * digits, value.Length);
        var sum = BigInteger.Zero;
        for (var i = 0; i < digits; i++)
        {
            var digit = BinaryPrimitives.ReadInt16BigEndian(value.AsSpan(8 + 2 * i));
            Assert.InRange(digit, 0, 9999);
            var exponent = 4 * (weight - i) + scale;
            sum += exponent >= 0 ? digit * BigInteger.Pow(10, exponent) : digit / BigInteger.Pow(10, -exponent);
        }

        return (sign == 0x4000 ? -sum : sum, scale);
    }

    [Fact]
    public void Any_decimal_number_keeps_every_digit_and_its_scale() =>
        Gen.Select(Gen.Bool, Gen.Char['0', '9'].Array[0, 40], Gen.Char['0', '9'].Array[0, 40]).Sample((negative, whole, fraction) =>
        {
            var integer = new string(whole).TrimStart('0');
            integer = integer.Length == 0 && fraction.Length == 0 ? "0" : integer;
            var text = (negative ? "-" : "") + integer + (fraction.Length == 0 ? "" : "." + new string(fraction));
            var encoded = Encode(text, new ColumnType(TypeKind.Numeric));
            if (negative && text.AsSpan().IndexOfAnyInRange('1', '9') < 0)
            {
                Assert.Null(encoded);
                return;
            }

            Assert.NotNull(encoded);
            var (unscaled, scale) = ReadNumeric(encoded);
            Assert.Equal(fraction.Length, scale);
            Assert.Equal(BigInteger.Parse((negative ? "-" : "") + "0" + integer + new string(fraction), CultureInfo.InvariantCulture), unscaled);
        });

    [Theory]
    [InlineData("0", "0000000000000000")]
    [InlineData("0.00", "0000000000000002")]
    [InlineData("1", "00010000000000000001")]
    [InlineData("-1", "00010000400000000001")]
    [InlineData("10000", "00010001000000000001")]
    [InlineData("0.0001", "0001ffff000000040001")]
    [InlineData(".00000001", "0001fffe000000080001")]
    [InlineData("12345.678", "0003000100000003" + "000109291a7c")]
    public void A_number_is_written_as_postgresql_writes_it(string text, string hex) =>
        Assert.Equal(hex, Convert.ToHexStringLower(Encode(text, new ColumnType(TypeKind.Numeric))!));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1.")]
    [InlineData("+1")]
    [InlineData("007")]
    [InlineData("1e5")]
    [InlineData("-0")]
    [InlineData("-0.00")]
    [InlineData("1,5")]
    [InlineData(" 1")]
    [InlineData("--1")]
    [InlineData("1.2.3")]
    [InlineData("NaN")]
    public void What_is_not_a_plain_number_is_not_taken(string text) => Assert.Null(Encode(text, new ColumnType(TypeKind.Numeric)));

    [Theory]
    [InlineData("9999.99", true)]
    [InlineData("10000.00", false)]
    [InlineData("0.125", false)]
    [InlineData("0.12000", true)]
    public void A_number_that_the_column_would_round_or_refuse_is_not_taken(string text, bool taken) =>
        Assert.Equal(taken, Encode(text, new ColumnType(TypeKind.Numeric, 6, 2)) is not null);

    [Fact]
    public void A_number_beyond_the_limits_of_postgresql_is_not_taken()
    {
        var numeric = new ColumnType(TypeKind.Numeric);
        Assert.NotNull(Encode(new string('9', 131_072), numeric));
        Assert.Null(Encode(new string('9', 131_073), numeric));
        Assert.NotNull(Encode("0." + new string('9', 16_383), numeric));
        Assert.Null(Encode("0." + new string('9', 16_384), numeric));
    }

    [Theory]
    [InlineData("{\"a\":1}", true)]
    [InlineData("null", true)]
    [InlineData("\"\\u00e9\\ud83d\\ude00\"", true)]
    [InlineData("\"\\\\u0000\"", true)]
    [InlineData("\"\\u0000\"", false)]
    [InlineData("\"\\ud83d\"", false)]
    [InlineData("\"\\ude00\"", false)]
    [InlineData("\"\\ud83dx\"", false)]
    [InlineData("{a:1}", false)]
    [InlineData("1 2", false)]
    [InlineData("", false)]
    [InlineData("1e400", true)]
    [InlineData("1e200000", false)]
    [InlineData("[1, {\"a\": -1e-99999}]", false)]
    public void Json_is_taken_where_jsonb_takes_it(string text, bool taken) => Assert.Equal(taken, Encode(text, new ColumnType(TypeKind.Json)) is not null);

    [Theory]
    [InlineData("\\x", "")]
    [InlineData("\\x00FFa0", "00ffa0")]
    [InlineData("\\x0", null)]
    [InlineData("\\xzz", null)]
    [InlineData("00", null)]
    public void Bytes_come_from_hexadecimal(string text, string? hex) =>
        Assert.Equal(hex, Encode(text, new ColumnType(TypeKind.Bytes)) is { } bytes ? Convert.ToHexStringLower(bytes) : null);

    [Fact]
    public void A_row_that_fails_leaves_nothing_behind_and_a_long_one_grows_the_buffer()
    {
        TargetColumn[] columns = [new(0, "a", "a", ColumnType.Text), new(1, "b", "b", new ColumnType(TypeKind.BigInt))];
        var encoder = new RowEncoder(columns, new byte[16]);
        var text = new string('x', 1000);
        var data = Encoding.UTF8.GetBytes(text + "12no");
        var batch = new RecordBatch { Data = data, Columns = 2, Rows = 2, Fields = [new(0, 1000), new(1000, 2), new(0, -1), new(1002, 2)] };
        Assert.Equal(-1, encoder.TryWrite(batch, 0));
        Assert.Equal(2 + 4 + 1000 + 4 + 8, encoder.Length);
        Assert.Equal(1, encoder.TryWrite(batch, 1));
        Assert.Equal(2 + 4 + 1000 + 4 + 8, encoder.Length);
        Assert.Equal(2 + 4 + 1000 + 4 + 8, encoder.Take([]).Count);
        Assert.Equal(0, encoder.Length);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("a\"b", true)]
    [InlineData("a\0b", false)]
    public void A_name_is_quoted_or_refused(string name, bool taken)
    {
        if (taken)
        {
            Assert.Equal("\"a\"\"b\"", PostgreSqlIdentifiers.Quote(name));
        }
        else
        {
            Assert.Throws<DatasetException>(() => PostgreSqlIdentifiers.Quote(name));
        }

        Assert.Throws<DatasetException>(() => PostgreSqlIdentifiers.Quote(new string('ä', 32)));
    }
}

using System.Text;
using CsCheck;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.PostgreSql.Staging.Copy;

namespace Etl.Loader.Tests.Targets.PostgreSql;

/// <summary>The short way for plain values gives what the long way gives, whatever stands around them.</summary>
public class PlainFormatTests
{
    private static readonly ColumnType[] Types =
    [
        new(TypeKind.BigInt), new(TypeKind.Numeric), new(TypeKind.Numeric, 6, 2), new(TypeKind.Numeric, 2, 2), new(TypeKind.Date), ColumnType.Text,
    ];

    private static Gen<string> Digits(int least, int most) => Gen.Char['0', '9'].Array[least, most].Select(digits => new string(digits));

    private static readonly Gen<string> Value = Gen.OneOf(
        Digits(1, 20),
        Digits(1, 20).Select(digits => "-" + digits),
        Gen.Select(Gen.Bool, Digits(0, 10), Digits(0, 10)).Select((negative, whole, fraction) => $"{(negative ? "-" : "")}{whole}.{fraction}"),
        Gen.Select(Gen.Int[0, 9999], Gen.Int[0, 13], Gen.Int[0, 32]).Select((year, month, day) => $"{year:0000}-{month:00}-{day:00}"),
        Gen.Char["0123456789.-+eE /:"].Array[0, 18].Select(text => new string(text)),
        Gen.String[0, 70],
        Gen.Const("0"), Gen.Const("-0"), Gen.Const("00"), Gen.Const("0.00"), Gen.Const("-0.00"), Gen.Const(".5"), Gen.Const("9223372036854775807"));

    [Fact]
    public void Every_value_is_encoded_as_the_long_way_encodes_it() =>
        Gen.Select(Value, Value, Gen.Int[0, Types.Length - 1], Gen.Int[0, 40]).Sample((text, after, chosen, slack) =>
        {
            var (bytes, type) = (Encoding.UTF8.GetBytes(text), Types[chosen]);
            var column = new TargetColumn(0, "v", "v", type);
            var expected = new byte[BinaryFormat.MaxBytes(bytes.Length)];
            var length = BinaryFormat.Write(BinaryColumn.Of(column), bytes, expected);

            // What is behind a value must not matter, nor how much does.
            var data = bytes.Concat(Encoding.UTF8.GetBytes(after)).Concat(new byte[slack]).ToArray();
            var batch = new RecordBatch
            {
                Data = data,
                Columns = 1,
                Rows = 1,
                Fields = [new(0, bytes.Length)],
                IsCleanText = !text.Contains('\0', StringComparison.Ordinal),
            };
            var encoder = new RowEncoder([column], new byte[8]);
            Assert.Equal(length < 0 ? 0 : -1, encoder.TryWrite(batch, 0));
            var written = encoder.Take([]);
            Assert.Equal(length < 0 ? [] : [0, 1, .. BitConverter.GetBytes(length).Reverse(), .. expected[..length]], written);
        }, iter: 200_000);
}

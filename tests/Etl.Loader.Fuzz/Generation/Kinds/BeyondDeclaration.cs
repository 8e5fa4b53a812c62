using System.Globalization;
using System.Numerics;
using Etl.Loader.Fuzz.Oracle;
using Etl.Loader.Survey;

namespace Etl.Loader.Fuzz.Generation.Kinds;

/// <summary>Parquet whose columns have room for more than they declare, with and without a value that uses it, and with statistics that need not be so.</summary>
internal sealed record BeyondDeclaration(IReadOnlyList<BeyondDeclaration.Column> Columns, int RowsInGroup) : IFuzzCase
{
    private const long Day = 86_400;
    private const int Epoch = 2_440_588;

    /// <param name="Texts">As it must be loaded; null for a null. Of a column that must be refused they say nothing.</param>
    /// <param name="Refused">It has a value that no one can give back.</param>
    internal sealed record Column(RawColumn Raw, ColumnType Type, IReadOnlyList<string?> Texts, bool Refused);

    public string Kind => "parquet beyond its declaration";

    public GeneratedDataset Render()
    {
        var refused = Columns.Any(column => column.Refused);
        var rows = Columns[0].Texts.Count;
        return new()
        {
            Files = [new("data.parquet", RawParquet.Write([.. Columns.Select(column => column.Raw)], RowsInGroup), [])],
            MayBeRefused = refused,
            MustBeRefused = refused,
            Expect = _ => refused ? null : new(
                [.. Columns.Select(column => column.Raw.Name)],
                [.. Columns.Select(column => column.Type)],
                [.. Enumerable.Range(0, rows).Select(row => new ExpectedRecord("data.parquet", row + 1, row, 1, [.. Columns.Select(column => column.Texts[row])]))],
                new()),
        };
    }

    public IEnumerable<IFuzzCase> Smaller() => Shrinking.Without(Columns, 1).Select(columns => this with { Columns = columns });

    public static BeyondDeclaration Make(Dice dice)
    {
        var rows = dice.One(1, 5, 40, 300);
        return new([.. Enumerable.Range(0, dice.Int(1, 4)).Select(i => Make(dice, $"c{i}", rows))], dice.One(int.MaxValue, 7, 100));
    }

    private static Column Make(Dice dice, string name, int rows)
    {
        var source = dice.Int(0, 8);
        var made = source switch
        {
            0 => Small(dice),
            1 or 2 => Decimal(dice),
            3 => Time(dice),
            4 => Int96(dice),
            5 => Date(dice),
            6 => Timestamp(dice),
            7 => BytesDecimal(dice),
            _ => Interval(),
        };
        var nulls = dice.One(0, 0.2);
        var odd = dice.Chance(0.35) ? dice.Int(0, rows - 1) : -1;
        var drawn = Enumerable.Range(0, rows).Select(row => row == odd ? made.Beyond(dice) : dice.Chance(nulls) ? default : made.Within(dice)).ToList();
        var beyond = odd >= 0;
        var raw = made.Raw with { Name = name, Values = [.. drawn.Select(value => value.Raw)], Dictionary = dice.Chance(0.4) };
        if (made.Raw.Physical is 1 or 2 && dice.Chance(0.5))
        {
            // As if all were one value inside of the range.
            var one = made.Within(dice).Raw!;
            raw = raw with { Statistics = (one, one) };
        }

        var type = drawn.TrueForAll(value => value.Raw is null) || !beyond || made.Refused ? made.Type : ColumnType.Text;
        return new(raw, type, [.. drawn.Select(value => value.Text)], beyond && made.Refused);
    }

    private static Source Small(Dice dice)
    {
        var (converted, least, most) = dice.One((15, -128, 127), (16, -32768, 32767), (11, 0, 255), (12, 0, 65535));
        return new(
            new RawColumn("", 1, []) { Converted = converted }, new(TypeKind.BigInt), Refused: true,
            dice => Number(dice.One(least, most, dice.Int(least, most))),
            dice => Number(dice.One(least - 1, most + 1, int.MinValue, int.MaxValue, most + 256, least - dice.Int(1, 1000))));

        static (byte[], string) Number(int value) => (RawParquet.Of(value), value.ToString(CultureInfo.InvariantCulture));
    }

    private static Source Decimal(Dice dice)
    {
        var wide = dice.Chance(0.5);
        var precision = dice.Int(1, wide ? 18 : 9);
        var scale = dice.Int(0, precision);
        var most = (long)BigInteger.Pow(10, precision) - 1;
        var largest = wide ? long.MaxValue : int.MaxValue;
        return new(
            new RawColumn("", wide ? 2 : 1, []) { Converted = 5, Decimal = (precision, scale) }, new(TypeKind.Numeric, precision, scale), Refused: precision <= 4 || precision == scale || (wide && precision <= 9),
            dice => Number(dice.One(-most, most, 0, dice.Long(-most, most))),
            dice => Number(dice.One(most + 1, -most - 1, largest, -largest, dice.Long(most + 1, largest))));

        (byte[], string) Number(long value) => (wide ? RawParquet.Of(value) : RawParquet.Of((int)value), Scaled(value, scale));
    }

    private static Source BytesDecimal(Dice dice)
    {
        var isFixed = dice.Chance(0.5);
        var precision = dice.Int(1, 30);
        var scale = dice.Int(0, precision);
        var length = dice.Int(precision <= 4 ? 3 : precision <= 9 ? 5 : precision <= 18 ? 9 : 17, 18);
        var most = BigInteger.Pow(10, precision) - 1;
        return new(
            new RawColumn("", isFixed ? 7 : 6, []) { Length = isFixed ? length : null, Converted = 5, Decimal = (precision, scale) },
            new(TypeKind.Numeric, precision, scale),
            Refused: true,
            dice => Number(dice.One(-most, most, BigInteger.Zero, dice.Int(-9, 9))),
            dice => Number(dice.One(most + 1, -most - 1, most * 3, most * -2 - 5)));

        (byte[], string) Number(BigInteger value)
        {
            var bytes = value.ToByteArray(isBigEndian: true);
            var padded = Enumerable.Repeat(value.Sign < 0 ? (byte)0xFF : (byte)0, isFixed ? length - bytes.Length : 0);
            return ([.. padded, .. bytes], Scaled(value, scale));
        }
    }

    private static Source Time(Dice dice)
    {
        var (utc, unit) = (dice.Chance(0.5), dice.Int(1, 2));
        var most = Day * (unit == 1 ? 1000 : 1_000_000) - 1;
        return new(
            new RawColumn("", unit == 1 ? 1 : 2, []) { Converted = utc ? unit + 6 : null, Logical = (7, RawParquet.Time(utc, unit)) }, utc ? ColumnType.Text : new(TypeKind.Time), Refused: true,
            dice => Number(dice.One(0, most, dice.Long(0, most))),
            dice => Number(dice.One(-1, most + 2, -most, most * 3 / 2)));

        (byte[], string) Number(long value)
        {
            var text = new DateTime(2000, 1, 1).AddTicks(Math.Clamp(value, 0, most) * (unit == 1 ? 10_000 : 10)).ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);
            return (unit == 1 ? RawParquet.Of((int)value) : RawParquet.Of(value), text + (utc ? "+00" : ""));
        }
    }

    private static Source Int96(Dice dice) => new(
        new RawColumn("", 3, []), new(TypeKind.Timestamp), Refused: true,
        dice => Moment(dice.Long(-719_162, 2_932_896), dice.Long(0, Day * 1_000_000) * 1000),
        dice => dice.Int(0, 3) switch
        {
            0 => Moment(dice.Int(0, 20_000), dice.Long(0, Day * 1_000_000) * 1000 + dice.Int(1, 999)),
            1 => Moment(dice.Int(0, 20_000), dice.One(-1000, Day * 1_000_000_000, long.MaxValue / 1000 * 1000)),
            2 => (RawParquet.Int96(0, int.MaxValue), null),
            _ => (RawParquet.Int96(-7570L << 32, -105_862_232), null),
        });

    private static (byte[], string?) Moment(long day, long nanoseconds) => (
        RawParquet.Int96(nanoseconds, (int)day + Epoch),
        nanoseconds is < 0 or >= Day * 1_000_000_000 ? null : DateTime.UnixEpoch.AddDays(day).AddTicks(nanoseconds / 100).ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture));

    private static Source Date(Dice dice) => new(
        new RawColumn("", 1, []) { Converted = 6 }, new(TypeKind.Date), Refused: false,
        dice => Of(dice.Int(-719_162, 2_932_896)),
        dice => (RawParquet.Of(2_932_897), "10000-01-01"));

    private static (byte[], string?) Of(int day) => (RawParquet.Of(day), DateTime.UnixEpoch.AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    private static Source Timestamp(Dice dice)
    {
        var unit = dice.Int(1, 2);
        return new(
            new RawColumn("", 2, []) { Logical = (8, RawParquet.Time(utc: false, unit)) }, new(TypeKind.Timestamp), Refused: false,
            dice =>
            {
                var value = dice.Long(-62_135_596_800_000, 253_402_300_799_000) * (unit == 1 ? 1 : 1000);
                return (RawParquet.Of(value), DateTime.UnixEpoch.AddTicks(value * (unit == 1 ? 10_000 : 10)).ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture));
            },
            dice => (RawParquet.Of(253_402_300_800_000 * (unit == 1 ? 1 : 1000)), "10000-01-01 00:00:00"));
    }

    private static Source Interval() => new(
        new RawColumn("", 7, []) { Length = 12, Converted = 21 }, ColumnType.Text, Refused: true,
        dice => ([.. RawParquet.Of(0), .. RawParquet.Of(1), .. RawParquet.Of(0)], "1 day"),
        dice => ([.. RawParquet.Of(dice.One(0, int.MinValue)), .. RawParquet.Of(-1), .. RawParquet.Of(0)], null));

    private static string Scaled(BigInteger value, int scale)
    {
        var digits = BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return (value.Sign < 0 ? "-" : "") + (scale == 0 ? digits : digits.Insert(digits.Length - scale, "."));
    }

    /// <param name="Refused">What is beyond cannot be loaded as text either.</param>
    private sealed record Source(RawColumn Raw, ColumnType Type, bool Refused, Func<Dice, (byte[]? Raw, string? Text)> Within, Func<Dice, (byte[]? Raw, string? Text)> Beyond);
}

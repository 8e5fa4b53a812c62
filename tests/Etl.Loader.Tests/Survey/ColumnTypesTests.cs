using Etl.Loader.Survey;
using Etl.Loader.Survey.Types;

namespace Etl.Loader.Tests.Survey;

public class ColumnTypesTests
{
    [Theory]
    [InlineData("bigint", nameof(TypeKind.BigInt), 0, 0)]
    [InlineData("INT", nameof(TypeKind.Integer), 32, 0)]
    [InlineData("int8", nameof(TypeKind.BigInt), 0, 0)]
    [InlineData("smallint", nameof(TypeKind.Integer), 16, 0)]
    [InlineData("numeric(12,2)", nameof(TypeKind.Numeric), 12, 2)]
    [InlineData("decimal( 12 , 2 )", nameof(TypeKind.Numeric), 12, 2)]
    [InlineData("numeric(5)", nameof(TypeKind.Numeric), 5, 0)]
    [InlineData("numeric", nameof(TypeKind.Numeric), 0, 0)]
    [InlineData("double  precision", nameof(TypeKind.Float8), 0, 0)]
    [InlineData("timestamp with time zone", nameof(TypeKind.TimestampTz), 0, 0)]
    [InlineData("varchar(20)", nameof(TypeKind.Text), 20, 0)]
    [InlineData("varchar", nameof(TypeKind.Text), 0, 0)]
    [InlineData("jsonb", nameof(TypeKind.Json), 0, 0)]
    public void Declared_types_are_read(string text, string kind, int precision, int scale)
    {
        Assert.True(ColumnTypes.TryParse(text, out var type));
        Assert.Equal(new ColumnType(Enum.Parse<TypeKind>(kind), precision, scale), type);
    }

    [Theory]
    [InlineData("")]
    [InlineData("money")]
    [InlineData("numeric(2,3)")]
    [InlineData("numeric(0)")]
    [InlineData("bigint(3)")]
    [InlineData("varchar(0)")]
    [InlineData("varchar(3,1)")]
    [InlineData("text; drop table x")]
    public void What_is_not_a_type_is_refused(string text) => Assert.False(ColumnTypes.TryParse(text, out _));

    [Theory]
    [InlineData("numeric(12,2)", nameof(TypeKind.Numeric), 5, 2, true)]
    [InlineData("numeric(12,2)", nameof(TypeKind.Numeric), 5, 3, false)]
    [InlineData("numeric(12,2)", nameof(TypeKind.BigInt), 10, 0, true)]
    [InlineData("numeric(12,2)", nameof(TypeKind.BigInt), 11, 0, false)]
    [InlineData("numeric(12,2)", nameof(TypeKind.BigInt), 0, 0, false)]
    [InlineData("numeric", nameof(TypeKind.BigInt), 0, 0, true)]
    [InlineData("bigint", nameof(TypeKind.Numeric), 5, 0, false)]
    [InlineData("bigint", nameof(TypeKind.Empty), 0, 0, true)]
    [InlineData("text", nameof(TypeKind.Uuid), 0, 0, true)]
    [InlineData("timestamp", nameof(TypeKind.Date), 0, 0, true)]
    [InlineData("date", nameof(TypeKind.Timestamp), 0, 0, false)]
    [InlineData("timestamptz", nameof(TypeKind.Timestamp), 0, 0, false)]
    [InlineData("float8", nameof(TypeKind.Numeric), 15, 3, true)]
    [InlineData("float8", nameof(TypeKind.Numeric), 16, 3, false)]
    public void A_type_holds_what_it_can_give_back(string wide, string kind, int precision, int scale, bool holds)
    {
        Assert.True(ColumnTypes.TryParse(wide, out var type));
        Assert.Equal(holds, ColumnTypes.Holds(type.Value, new(Enum.Parse<TypeKind>(kind), precision, scale)));
    }

    [Fact]
    public void Widening_holds_both_and_goes_no_further_than_needed()
    {
        ColumnType[] all =
        [
            new(TypeKind.Empty), new(TypeKind.Boolean), new(TypeKind.BigInt), new(TypeKind.BigInt, 4), new(TypeKind.Numeric),
            new(TypeKind.Numeric, 5, 2), new(TypeKind.Numeric, 9, 7), new(TypeKind.Numeric, 40, 2), new(TypeKind.Float8), new(TypeKind.Date), new(TypeKind.Time),
            new(TypeKind.Timestamp), new(TypeKind.TimestampTz), new(TypeKind.Uuid), new(TypeKind.Json), new(TypeKind.Bytes), ColumnType.Text,
        ];
        foreach (var a in all)
        {
            foreach (var b in all)
            {
                var wide = ColumnTypes.Widen(a, b);
                Assert.True(ColumnTypes.Holds(wide, a) && ColumnTypes.Holds(wide, b), $"{a} and {b} became {wide}");
                Assert.Equal(wide, ColumnTypes.Widen(b, a));
                Assert.Equal(a, ColumnTypes.Widen(a, a));
            }
        }

        Assert.Equal(new(TypeKind.Numeric, 12, 2), ColumnTypes.Widen(new(TypeKind.Numeric, 12, 2), new(TypeKind.BigInt, 4)));
        Assert.Equal(new(TypeKind.Numeric, 10, 7), ColumnTypes.Widen(new(TypeKind.Numeric, 5, 2), new(TypeKind.Numeric, 9, 7)));
        Assert.Equal(ColumnType.Text, ColumnTypes.Widen(new(TypeKind.Boolean), new(TypeKind.BigInt)));
    }
}

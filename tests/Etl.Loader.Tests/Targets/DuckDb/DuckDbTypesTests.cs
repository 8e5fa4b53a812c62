using Etl.Loader.Survey;
using Etl.Loader.Targets.DuckDb;
using DuckDbTypes = Etl.Loader.Targets.DuckDb.Types;

namespace Etl.Loader.Tests.Targets.DuckDb;

public class DuckDbTypesTests
{
    [Theory]
    [InlineData("BigInt", "BIGINT")]
    [InlineData("Boolean", "BOOLEAN")]
    [InlineData("Float8", "DOUBLE")]
    [InlineData("Date", "DATE")]
    [InlineData("Time", "TIME")]
    [InlineData("Timestamp", "TIMESTAMP")]
    [InlineData("TimestampTz", "TIMESTAMP WITH TIME ZONE")]
    [InlineData("Uuid", "UUID")]
    [InlineData("Json", "JSON")]
    [InlineData("Bytes", "BLOB")]
    [InlineData("Text", "VARCHAR")]
    public void A_type_reads_back_as_it_was_declared(string kind, string declared)
    {
        var type = new ColumnType(Enum.Parse<TypeKind>(kind));
        Assert.Equal(declared, DuckDbTypes.Declare(type));
        Assert.Equal(type, DuckDbTypes.Read(declared));
    }

    [Theory]
    [InlineData(12, 2, "DECIMAL(12,2)")]
    [InlineData(2, 3, "DECIMAL(3,3)")]
    [InlineData(38, 0, "DECIMAL(38,0)")]
    [InlineData(39, 0, "VARCHAR")]
    [InlineData(10, 40, "VARCHAR")]
    [InlineData(0, 0, "VARCHAR")]
    public void Numbers_beyond_the_widest_decimal_stay_exact_as_text(int precision, int scale, string declared) =>
        Assert.Equal(declared, DuckDbTypes.Declare(new ColumnType(TypeKind.Numeric, precision, scale)));

    [Theory]
    [InlineData("DECIMAL(18,3)", "Numeric")]
    [InlineData("INTEGER", "Integer")]
    [InlineData("SMALLINT", "Integer")]
    [InlineData("TINYINT", "BigInt")]
    [InlineData("UBIGINT", "Numeric")]
    [InlineData("FLOAT", "Float8")]
    [InlineData("TIMESTAMP_MS", "Timestamp")]
    [InlineData("HUGEINT", null)]
    [InlineData("TIMESTAMP_NS", null)]
    [InlineData("INTEGER[]", null)]
    [InlineData("STRUCT(a INTEGER)", null)]
    [InlineData("ENUM('DATE')", null)]
    public void Types_of_others_are_known_where_ours_hold_them(string declared, string? kind) =>
        Assert.Equal(kind, DuckDbTypes.Read(declared)?.Kind.ToString());
}

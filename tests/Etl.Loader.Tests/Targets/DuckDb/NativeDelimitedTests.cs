using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.DuckDb.Staging;

namespace Etl.Loader.Tests.Targets.DuckDb;

public class NativeDelimitedTests
{
    private static readonly Dialect Plain = new()
    {
        Delimiter = ",",
        Quote = '"',
        Escape = '"',
        Encoding = "utf-8",
        Header = true,
        Skip = 0,
        Nulls = [""],
        Decimal = '.',
        Compression = "none",
    };

    public static TheoryData<string, bool> Dialects => new()
    {
        { "plain", true }, { "tab", true }, { "gzip", true }, { "no quote", true }, { "backslash", true }, { "nulls", true }, { "preamble", true },
        { "long delimiter", false }, { "utf-16", false }, { "comma", false }, { "dates", false }, { "timestamps", false }, { "pad", false },
        { "quote alone", false }, { "empty is a value", false }, { "null with a quote", false }, { "foreign delimiter", false }, { "line break", false },
    };

    [Theory]
    [MemberData(nameof(Dialects))]
    public void DuckDBs_reader_is_used_where_it_can_be_told_everything(string name, bool fits)
    {
        var dialect = name switch
        {
            "plain" => Plain,
            "tab" => Plain with { Delimiter = "\t" },
            "gzip" => Plain with { Compression = "gzip" },
            "no quote" => Plain with { Quote = '\0', Escape = '\0' },
            "backslash" => Plain with { Escape = '\\' },
            "nulls" => Plain with { Nulls = ["", "NA", "n/a"] },
            "preamble" => Plain with { Skip = 3 },
            "long delimiter" => Plain with { Delimiter = ", " },
            "utf-16" => Plain with { Encoding = "utf-16le" },
            "comma" => Plain with { Decimal = ',' },
            "dates" => Plain with { DateFormat = "dd.MM.yyyy" },
            "timestamps" => Plain with { TimestampFormat = "dd.MM.yyyy HH:mm" },
            "pad" => Plain with { Pad = true },
            "quote alone" => Plain with { Escape = '\0' },
            "empty is a value" => Plain with { Nulls = ["NULL"] },
            "null with a quote" => Plain with { Nulls = ["", "\"\""] },
            "foreign delimiter" => Plain with { Delimiter = "¦" },
            _ => Plain with { Delimiter = "\n" },
        };
        Assert.Equal(fits, NativeDelimited.Unfit(Request(dialect, ColumnType.Text, ColumnType.Text)) is null);
    }

    [Theory]
    [InlineData("BigInt", "BigInt", true)]
    [InlineData("Text", "Date", true)]
    [InlineData("Date", "Empty", true)]
    [InlineData("Numeric", "BigInt", true)]
    [InlineData("Json", "Json", true)]
    [InlineData("BigInt", "Text", false)]
    [InlineData("Float8", "Numeric", false)]
    [InlineData("Timestamp", "Date", false)]
    [InlineData("Bytes", "Bytes", false)]
    public void A_column_is_left_to_DuckDBs_casts_only_where_its_type_is_proven(string wanted, string proven, bool fits) =>
        Assert.Equal(fits, NativeDelimited.Unfit(Request(Plain, Type(wanted), Type(proven))) is null);

    [Fact]
    public void A_scale_smaller_than_the_proven_one_would_round() => Assert.NotNull(
        NativeDelimited.Unfit(Request(Plain, new ColumnType(TypeKind.Numeric, 10, 1), new ColumnType(TypeKind.Numeric, 5, 2))));

    [Fact]
    public void Where_records_may_be_rejected_only_our_reader_knows_which() =>
        Assert.NotNull(NativeDelimited.Unfit(Request(Plain, ColumnType.Text, ColumnType.Text) with { RejectsMax = 1 }));

    [Fact]
    public void Long_records_go_the_other_way() =>
        Assert.NotNull(NativeDelimited.Unfit(Request(Plain, ColumnType.Text, ColumnType.Text, maxBytes: 1_000_000)));

    private static ColumnType Type(string kind) => kind == "Numeric" ? new(TypeKind.Numeric, 20, 2) : new(Enum.Parse<TypeKind>(kind));

    private static StageRequest Request(Dialect dialect, ColumnType wanted, ColumnType proven, int maxBytes = 10) => new()
    {
        Load = LoadId.New(TimeProvider.System),
        Epoch = 1,
        Table = new TableName("main", "t"),
        Mode = LoadMode.Replace,
        Columns = [new TargetColumn(0, "a", "a", wanted)],
        Survey = new DatasetSurvey
        {
            Format = DataFormat.Delimited,
            Files = [new FileSurvey { Path = "t.csv", Bytes = 1, Rows = 1, Sha256 = "", Dialect = dialect }],
            Columns = [new SurveyedColumn("a", proven, 0, maxBytes, null)],
            Rows = 1,
            Bytes = 1,
            Sha256 = "",
            Notes = [],
        },
        Reader = null!,
        RejectsMax = 0,
    };
}

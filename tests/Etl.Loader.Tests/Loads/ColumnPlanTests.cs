using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.Tests.Loads;

public class ColumnPlanTests
{
    private static readonly ColumnType BigInt = new(TypeKind.BigInt);
    private static readonly ColumnType Price = new(TypeKind.Numeric, 10, 2);

    [Fact]
    public void A_first_load_takes_the_proven_types_and_normalised_names()
    {
        var plan = ColumnPlan.Make(Spec(), Survey(("Order Id", BigInt), ("id", Price), ("ID", ColumnType.Text)), existing: null, target: null);

        Assert.Equal([("order_id", BigInt), ("id", Price), ("id_2", ColumnType.Text)], plan.Select(c => (c.Name, c.Type)));
        Assert.Equal([0, 1, 2], plan.Select(c => c.Ordinal));
    }

    [Fact]
    public void A_column_without_any_value_is_text_at_first_and_keeps_its_type_later()
    {
        var survey = Survey(("a", new ColumnType(TypeKind.Empty)));

        Assert.Equal(ColumnType.Text, ColumnPlan.Make(Spec(), survey, existing: null, target: null)[0].Type);
        Assert.Equal(BigInt, ColumnPlan.Make(Spec(), survey, Table(("a", BigInt)), null)[0].Type);
    }

    [Fact]
    public void An_existing_type_is_the_floor_and_only_widens()
    {
        Assert.Equal(Price, ColumnPlan.Make(Spec(), Survey(("a", BigInt with { Precision = 3 })), Table(("a", Price)), null)[0].Type);
        Assert.Equal(ColumnType.Text, ColumnPlan.Make(Spec(), Survey(("a", BigInt)), Table(("a", ColumnType.Text)), null)[0].Type);
        Assert.Equal(ColumnType.Text, ColumnPlan.Make(Spec(), Survey(("a", ColumnType.Text)), Table(("a", BigInt)), null)[0].Type);
        Assert.Equal(TypeKind.Numeric, ColumnPlan.Make(Spec(), Survey(("a", Price)), Table(("a", BigInt)), null)[0].Type.Kind);
    }

    [Fact]
    public void The_producers_schema_wins_over_proof_and_table()
    {
        var spec = Spec() with { Schema = new Dictionary<string, string> { ["A b"] = "text" } };

        Assert.Equal(ColumnType.Text, ColumnPlan.Make(spec, Survey(("A b", BigInt)), Table(("a_b", BigInt)), null)[0].Type);
    }

    [Fact]
    public void A_declared_type_that_the_values_do_not_fit_is_refused_with_the_line()
    {
        var spec = Spec() with { Schema = new Dictionary<string, string> { ["a"] = "bigint" } };
        var survey = Survey(("a", ColumnType.Text), new TypeExclusion(TypeKind.BigInt, 17, "N/A"));

        var fault = Assert.Throws<DatasetException>(() => ColumnPlan.Make(spec, survey, existing: null, target: null));

        Assert.Equal((17L, "a"), (fault.Line, fault.Column));
        Assert.Contains("'N/A'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_declared_type_that_the_values_do_not_fit_is_kept_where_rows_may_be_rejected()
    {
        var spec = Spec() with { RejectsMax = 1, Schema = new Dictionary<string, string> { ["a"] = "bigint" } };
        var survey = Survey(("a", ColumnType.Text), new TypeExclusion(TypeKind.BigInt, 17, "N/A"));

        Assert.Equal(BigInt, ColumnPlan.Make(spec, survey, existing: null, target: null)[0].Type);
        Assert.Equal(BigInt, ColumnPlan.Make(spec with { Schema = new Dictionary<string, string>(), Mode = LoadMode.Append }, survey, Table(("a", BigInt)), null)[0].Type);
    }

    [Theory]
    [InlineData("timestamptz", nameof(TypeKind.Text), nameof(TypeKind.TimestampTz))]
    [InlineData("double", nameof(TypeKind.Text), nameof(TypeKind.Numeric))]
    [InlineData("double", nameof(TypeKind.Numeric), null)]
    [InlineData("json", nameof(TypeKind.Text), null)]
    [InlineData("boolean", nameof(TypeKind.Text), nameof(TypeKind.Boolean))]
    [InlineData("timestamp", nameof(TypeKind.Text), nameof(TypeKind.Date))]
    [InlineData("bytea", nameof(TypeKind.Text), null)]
    public void What_only_a_declaration_takes_is_left_to_the_copying(string declared, string proven, string? excluded)
    {
        var spec = Spec() with { Schema = new Dictionary<string, string> { ["a"] = declared } };
        var survey = Survey(("a", new ColumnType(Enum.Parse<TypeKind>(proven))));
        survey = excluded is null ? survey : survey with { Columns = [survey.Columns[0] with { Excluded = new TypeExclusion(Enum.Parse<TypeKind>(excluded), 9, "x") }] };

        Assert.Equal(declared, Etl.Loader.Survey.Types.ColumnTypes.Format(ColumnPlan.Make(spec, survey, existing: null, target: null)[0].Type).Replace("float8", "double", StringComparison.Ordinal));
    }

    [Fact]
    public void The_first_value_that_does_not_fit_is_named_and_not_the_first_that_made_text()
    {
        var spec = Spec() with { Schema = new Dictionary<string, string> { ["a"] = "bigint" } };
        var survey = Survey(("a", ColumnType.Text), new TypeExclusion(TypeKind.Numeric, 17, "N/A"));

        var fault = Assert.Throws<DatasetException>(
            () => ColumnPlan.Make(spec, survey, existing: null, target: null, (_, type) => type == BigInt ? new TypeExclusion(TypeKind.BigInt, 4, "1.5") : null));

        Assert.Equal(4L, fault.Line);
        Assert.Contains("line 4 has '1.5'", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nosuch", "text", "nosuch")]
    [InlineData("a", "integr", "integr")]
    public void A_schema_that_names_an_unknown_column_or_type_is_refused(string column, string type, string named)
    {
        var spec = Spec() with { Schema = new Dictionary<string, string> { [column] = type } };

        var fault = Assert.Throws<DatasetException>(() => ColumnPlan.Make(spec, Survey(("a", BigInt)), existing: null, target: null));

        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
        Assert.NotNull(fault.Hint);
    }

    [Fact]
    public void An_append_keeps_the_tables_types_or_is_refused()
    {
        var spec = Spec() with { Mode = LoadMode.Append };

        Assert.Equal(Price, ColumnPlan.Make(spec, Survey(("a", BigInt with { Precision = 3 })), Table(("a", Price)), null)[0].Type);
        Assert.Throws<DatasetException>(() => ColumnPlan.Make(spec, Survey(("a", ColumnType.Text)), Table(("a", Price)), null));
    }

    [Theory]
    [InlineData(0, "no record")]
    [InlineData(2, "none of its 2 lines is a record with a key")]
    public void A_dataset_without_a_column_is_refused_whatever_the_target(int rows, string named)
    {
        var survey = Survey() with { Format = DataFormat.JsonLines, Rows = rows };

        var fault = Assert.Throws<DatasetException>(() => ColumnPlan.Make(Spec(), survey, Table(("a", BigInt)), null));

        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
        Assert.NotNull(fault.Hint);
    }

    private static LoadSpec Spec() => new() { Inbox = "in", Dataset = "orders.csv", Target = "t", TableName = "orders", Files = [] };

    private static ExistingTable Table(params (string Name, ColumnType Type)[] columns) =>
        new(new TableName("public", "orders"), [.. columns.Select(c => new ExistingColumn(c.Name, c.Type, c.Type.ToString(), true, false))], null);

    private static DatasetSurvey Survey((string Name, ColumnType Type) column, TypeExclusion excluded) =>
        Survey(column) is var survey ? survey with { Columns = [survey.Columns[0] with { Excluded = excluded }] } : survey;

    private static DatasetSurvey Survey(params (string Name, ColumnType Type)[] columns) => new()
    {
        Format = DataFormat.Delimited,
        Files = [],
        Columns = [.. columns.Select(c => new SurveyedColumn(c.Name, c.Type, 0, 0, null))],
        Rows = 1,
        Bytes = 1,
        Sha256 = "",
        Notes = [],
    };
}

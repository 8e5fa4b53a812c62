using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Loads;

/// <summary>Columns of types that a load does not write itself: a replace never loses them without a word, an append keeps them and every value.</summary>
public sealed class ForeignTypesTests(PostgresServer server)
{
    /// <summary>Kind, what is made first, the column's type, values that it takes as they are, and one that it would change or refuse.</summary>
    public static TheoryData<string, string, string, string, string> Types() => new()
    {
        { nameof(TargetKind.PostgreSql), "CREATE EXTENSION citext", "citext", "Ab", "" },
        { nameof(TargetKind.PostgreSql), "CREATE TYPE mood AS ENUM ('sad', 'glad')", "mood", "glad", "angry" },
        { nameof(TargetKind.PostgreSql), "CREATE DOMAIN short AS text CHECK (length(VALUE) < 4)", "short", "abc", "abcd" },
        { nameof(TargetKind.PostgreSql), "CREATE DOMAIN three AS varchar(3)", "three", "abc", "abcd" },
        { nameof(TargetKind.PostgreSql), "SELECT 1", "text[]", "{a,b}", "{a" },
        { nameof(TargetKind.PostgreSql), "SELECT 1", "char(3)", "abc", "abcd" },
        { nameof(TargetKind.PostgreSql), "SELECT 1", "inet", "10.0.0.1", "10.0.0" },
        { nameof(TargetKind.PostgreSql), "SELECT 1", "time(0)", "10:00:00", "10:00:00.5" },
        { nameof(TargetKind.PostgreSql), "SELECT 1", "timestamp(0)", "2026-01-01 10:00:00", "2026-01-01 10:00:00.5" },
        { nameof(TargetKind.PostgreSql), "SELECT 1", "real", "0.5", "123456789" },
        { nameof(TargetKind.DuckDb), "CREATE TYPE mood AS ENUM ('sad', 'glad')", "mood", "glad", "angry" },
        { nameof(TargetKind.DuckDb), "SELECT 1", "VARCHAR[]", "[a, b]", "" },
        { nameof(TargetKind.DuckDb), "SELECT 1", "HUGEINT", "5", "x" },
        { nameof(TargetKind.DuckDb), "SELECT 1", "TIMESTAMP_NS", "2026-01-01 10:00:00", "soon" },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_replace_names_the_type_and_an_append_keeps_it(string kind, string first, string type, string good, string bad)
    {
        await using var into = await LoadsIntoTarget.CreateAsync(kind, server);
        await into.QueryAsync(first);
        await into.QueryAsync($"CREATE TABLE t (id bigint, v {type})");
        static string Csv(string value) => $"id,v\n1,\"{value}\"\n";

        var lost = await Assert.ThrowsAsync<DatasetException>(() => into.Loads.LoadAsync("t.csv", Csv(good), """{ "adopt": true }"""));
        Assert.Contains("'v'", lost.Message, StringComparison.Ordinal);
        Assert.Contains("\"schema\"", lost.Hint, StringComparison.Ordinal);

        await into.Loads.LoadAsync("t.csv", Csv(good), """{ "adopt": true, "mode": "append" }""");
        Assert.Equal(good, Assert.Single(await into.QueryAsync(kind == nameof(TargetKind.PostgreSql) ? "SELECT format('%s', v) FROM t" : "SELECT CAST(v AS VARCHAR) FROM t"))[0]);
        if (bad.Length > 0)
        {
            var fault = await Assert.ThrowsAsync<DatasetException>(() => into.Loads.LoadAsync("t.csv", Csv(bad), """{ "mode": "append" }"""));
            Assert.NotNull(fault.Hint);
            Assert.Single(await into.QueryAsync("SELECT v FROM t"));
        }

        // Said, it is done.
        await into.Loads.LoadAsync("t.csv", Csv(good), """{ "schema": { "v": "text" } }""");
        Assert.Equal(good, Assert.Single(await into.QueryAsync("SELECT v FROM t"))[0]);
    }

    [Theory]
    [InlineData(nameof(TargetKind.PostgreSql), "integer", "2147483647", "2147483648")]
    [InlineData(nameof(TargetKind.PostgreSql), "smallint", "-32768", "-32769")]
    [InlineData(nameof(TargetKind.PostgreSql), "varchar(3)", "äöü", "äöüx")]
    [InlineData(nameof(TargetKind.DuckDb), "integer", "-2147483648", "3000000000")]
    [InlineData(nameof(TargetKind.DuckDb), "smallint", "32767", "32768")]
    [InlineData(nameof(TargetKind.DuckDb), "varchar(3)", "äöü", "äöüx")]
    public async Task A_declared_type_is_held_value_by_value(string kind, string type, string good, string bad)
    {
        await using var into = await LoadsIntoTarget.CreateAsync(kind, server);
        var trigger = $$"""{ "dialect": { "header": true }, "schema": { "v": "{{type}}" } }""";
        foreach (var (name, content) in Files(good))
        {
            await into.Loads.LoadAsync(name, content, trigger);
        }

        foreach (var (name, content) in Files(bad))
        {
            var fault = await Assert.ThrowsAsync<DatasetException>(() => into.Loads.LoadAsync(name, content, trigger));
            Assert.Contains(bad, fault.Message, StringComparison.Ordinal);
            Assert.NotNull(fault.Line);
            Assert.Equal([[good]], await into.QueryAsync($"SELECT CAST(v AS VARCHAR) FROM {name[..1]}"));
        }

        // An append is held to the type that the table has: in DuckDB a text has no length.
        if (kind == nameof(TargetKind.PostgreSql) || type != "varchar(3)")
        {
            var fault = await Assert.ThrowsAsync<DatasetException>(() => into.Loads.LoadAsync("c.csv", $"v\n{bad}\n", """{ "dialect": { "header": true }, "mode": "append" }"""));
            Assert.Contains(bad, fault.Message, StringComparison.Ordinal);
            Assert.Equal((2L, "v"), (fault.Line, fault.Column));
            Assert.NotNull(fault.Hint);
        }

        var rejected = await into.Loads.LoadAsync("c.csv", $"v\n{good}\n{bad}\n", trigger[..^2] + ", \"rejects\": { \"max\": 1 } }");
        Assert.Equal((1, 1), (rejected.RowsLoaded, rejected.RowsRejected));

        static (string, string)[] Files(string value) => [("c.csv", $"v\n{value}\n"), ("j.jsonl", value.Any(char.IsAsciiDigit) ? $"{{\"v\":{value}}}\n" : $"{{\"v\":\"{value}\"}}\n")];
    }

    [Theory]
    [InlineData(nameof(TargetKind.PostgreSql))]
    [InlineData(nameof(TargetKind.DuckDb))]
    public async Task Minus_zero_inside_json_is_kept(string kind)
    {
        await using var into = await LoadsIntoTarget.CreateAsync(kind, server);
        await into.Loads.LoadAsync("j.jsonl", "{\"v\":[1,-0.0]}\n{\"v\":{\"a\":-0}}\n");
        Assert.Equal([["[1,-0.0]"], ["{\"a\":-0}"]], (await into.QueryAsync("SELECT CAST(v AS VARCHAR) FROM j ORDER BY 1")).Select(r => (string?[])[.. r]));
        Assert.Equal("v text", await into.Loads.TypesAsync("j"));
    }

    [Theory]
    [InlineData("xmin")]
    [InlineData("CTID")]
    [InlineData("Table OID|tableoid")]
    public async Task A_name_that_postgresql_keeps_for_itself_is_refused_with_a_way_on(string names)
    {
        var name = names.Split('|')[^1];
        await using var into = await LoadsIntoTarget.CreateAsync(nameof(TargetKind.PostgreSql), server);
        var fault = await Assert.ThrowsAsync<DatasetException>(() => into.Loads.LoadAsync("t.csv", $"id,{name}\n1,2\n"));
        Assert.Contains($"'{name}'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("\"columns\": { \"rename\"", fault.Hint, StringComparison.Ordinal);
        await into.Loads.LoadAsync("t.csv", $"id,{name}\n1,2\n", $$"""{ "columns": { "rename": { "{{name}}": "x" } } }""");
        Assert.Equal([["2"]], await into.QueryAsync("SELECT x FROM t"));
    }
}

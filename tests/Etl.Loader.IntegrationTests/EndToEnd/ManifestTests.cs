namespace Etl.Loader.IntegrationTests.EndToEnd;

public sealed class ManifestTests(SharedUp shared) : IClassFixture<SharedUp>
{
    private RunningUp Up => shared.Up;

    [Theory]
    [InlineData("warehouse")]
    [InlineData("lake")]
    public async Task Several_files_become_one_table_under_the_name_given(string inbox)
    {
        Up.Put(inbox, "part-1.csv", "id,city\n1,Bern\n2,Basel\n");
        Up.Put(inbox, "part-2.csv", "id,city\n3,Biel\n");
        Up.Trigger(inbox, "parts", """{ "files": ["part-*.csv"], "table": "cities" }""");
        await Up.LoadedAsync(inbox, "parts");
        Assert.Equal([["1", "Bern"], ["2", "Basel"], ["3", "Biel"]], await Up.TargetAsync(inbox, "SELECT id, city FROM cities ORDER BY id"));
    }

    [Theory]
    [InlineData("warehouse")]
    [InlineData("lake")]
    public async Task A_declared_type_wins_over_the_proven_one(string inbox)
    {
        Up.Deliver(inbox, "typed.csv", "id,code\n1,42\n", """{ "schema": { "code": "text" } }""");
        await Up.LoadedAsync(inbox, "typed.csv");
        var types = await Up.TargetAsync(inbox, "SELECT data_type FROM information_schema.columns WHERE table_name = 'typed' AND column_name = 'code'");
        Assert.Contains(Assert.Single(types)[0], (string[])["text", "VARCHAR"]);
    }

    [Theory]
    [InlineData("warehouse")]
    [InlineData("lake")]
    public async Task Append_adds_rows_and_refuses_the_same_content_twice(string inbox)
    {
        Up.Deliver(inbox, "growing.csv", "id,note\n1,first\n");
        await Up.LoadedAsync(inbox, "growing.csv");
        Up.Deliver(inbox, "growing.csv", "id,note\n2,second\n", """{ "mode": "append" }""");
        await Up.LoadedAsync(inbox, "growing.csv");
        Assert.Equal([["1", "first"], ["2", "second"]], await Up.TargetAsync(inbox, "SELECT id, note FROM growing ORDER BY id"));

        Up.Trigger(inbox, "growing.csv", """{ "mode": "append" }""");
        var refused = await Up.FailedAsync(inbox, "growing.csv");
        Assert.Contains("again", refused.Text, StringComparison.Ordinal);
        Assert.Equal([["2"]], await Up.TargetAsync(inbox, "SELECT CAST(count(*) AS VARCHAR) FROM growing"));
    }

    [Theory]
    [InlineData("warehouse")]
    [InlineData("lake")]
    public async Task A_dialect_that_is_given_is_used(string inbox)
    {
        Up.Deliver(inbox, "swiss.csv", "a note before\nid;amount\n1;1,50\n2;NA\n", """{ "dialect": { "delimiter": ";", "decimal": ",", "skip": 1, "null": ["NA"] } }""");
        await Up.LoadedAsync(inbox, "swiss.csv");
        Assert.Equal([["1", "t"], ["2", "f"]], await Up.TargetAsync(
            inbox, "SELECT id, CASE WHEN amount = CAST('1.50' AS DECIMAL(5,2)) THEN 't' ELSE 'f' END FROM swiss ORDER BY id"));
    }

    [Theory]
    [InlineData("""{ "expect": { "rows": 3 } }""", "3")]
    [InlineData("""{ "expect": { "bytes": 5 } }""", "5")]
    [InlineData("""{ "expect": { "sha256": "0000000000000000000000000000000000000000000000000000000000000000" } }""", "0000000000")]
    public async Task An_expectation_that_is_not_met_fails_and_publishes_nothing(string manifest, string named)
    {
        var file = $"expected-{manifest.Length}.csv";
        Up.Deliver("warehouse", file, "id\n1\n2\n", manifest);
        var failed = await Up.FailedAsync("warehouse", file);
        Assert.Contains(named, failed.Text, StringComparison.Ordinal);
        Assert.Equal([["0"]], await Up.WarehouseAsync($"SELECT count(*) FROM pg_class WHERE relname = 'expected_{manifest.Length}'"));
    }

    [Theory]
    [InlineData("tabel", "table", """{ "tabel": "x" }""")]
    [InlineData("priorty", "priority", """{ "priorty": "high" }""")]
    [InlineData("delimeter", "delimiter", """{ "dialect": { "delimeter": ";" } }""")]
    public async Task An_unknown_key_is_refused_naming_the_nearest_known_one(string unknown, string nearest, string manifest)
    {
        Up.Deliver("warehouse", $"unknown-{unknown}.csv", "id\n1\n", manifest);
        var failed = await Up.FailedAsync("warehouse", $"unknown-{unknown}.csv");
        Assert.Contains(unknown, failed.Text, StringComparison.Ordinal);
        Assert.Contains(nearest, failed.Text, StringComparison.Ordinal);
        Assert.Equal([["failed"]], await Up.QueueAsync($"SELECT status FROM etl_loader.load_status WHERE dataset = 'unknown-{unknown}.csv'"));
    }
}

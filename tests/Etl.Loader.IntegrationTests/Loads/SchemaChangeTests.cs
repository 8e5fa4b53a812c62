using System.Text;
using System.Text.Json;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Loads;

/// <summary>A reload that changes the columns of its table says how, in each target, or is refused where the trigger forbids it.</summary>
public sealed class SchemaChangeTests(PostgresServer server)
{
    private const string First = "id,name,qty,note\n1,a,5,x\n2,b,6,y\n";

    [Theory]
    [InlineData(nameof(TargetKind.PostgreSql))]
    [InlineData(nameof(TargetKind.DuckDb))]
    public async Task A_reload_says_which_columns_it_changed(string kind)
    {
        await using var into = await LoadsIntoTarget.CreateAsync(kind, server);
        await LoadAsync(into, First);
        Assert.Empty(await ChangesAsync(into));
        await LoadAsync(into, First);
        Assert.Empty(await ChangesAsync(into));

        await LoadAsync(into, "id,name,qty,price\n1,a,5.25,9\n2,b,6.5,8\n");
        Assert.Equal(["widened qty bigint numeric(21,2)", "added price - bigint", "dropped note text -"], await ChangesAsync(into));

        await LoadAsync(into, "id,name,qty,price\n1,a,5.25,9\n", """{ "columns": { "rename": { "name": "label" } } }""");
        Assert.Equal(["renamed label name label"], await ChangesAsync(into));

        await LoadAsync(into, "id,name,qty,price\n1,a,5.25,9\n", """{ "columns": { "rename": { "name": "label" } }, "schema": { "qty": "double" } }""");
        Assert.Equal(["retyped qty numeric(21,2) float8"], await ChangesAsync(into));

        await LoadAsync(into, "id,name,qty,price\n7,c,1.5,2\n", """{ "columns": { "rename": { "name": "label" } }, "mode": "append" }""");
        Assert.Empty(await ChangesAsync(into));
    }

    [Theory]
    [InlineData(nameof(TargetKind.PostgreSql))]
    [InlineData(nameof(TargetKind.DuckDb))]
    public async Task A_change_that_the_trigger_forbids_is_refused_by_name_and_the_table_stays(string kind)
    {
        await using var into = await LoadsIntoTarget.CreateAsync(kind, server);
        const string widen = """{ "schema_change": "widen" }""", refuse = """{ "schema_change": "refuse" }""";

        // A new table changes none.
        await LoadAsync(into, First, refuse);
        await LoadAsync(into, "note,id,name,qty\nx,3,c,7\n", refuse);

        var fault = await Assert.ThrowsAsync<DatasetException>(() => LoadAsync(into, "id,name,qty,note\n1,a,5.5,x\n", refuse));
        Assert.Contains("qty widened from bigint to numeric(20,1)", fault.Message, StringComparison.Ordinal);
        fault = await Assert.ThrowsAsync<DatasetException>(() => LoadAsync(into, "id,name,note\n1,a,x\n", widen));
        Assert.Contains("qty (bigint) dropped", fault.Message, StringComparison.Ordinal);
        fault = await Assert.ThrowsAsync<DatasetException>(() => LoadAsync(into, "id,name,qty,note,more\n1,a,5,x,z\n", widen));
        Assert.Contains("more (text) added", fault.Message, StringComparison.Ordinal);
        Assert.Equal([["3", "c", "7", "x"]], await into.QueryAsync("SELECT id, name, qty, note FROM t"));

        await LoadAsync(into, "id,name,qty,note\n1,a,5.5,x\n", widen);
        Assert.Equal(["widened qty bigint numeric(20,1)"], await ChangesAsync(into));
    }

    private static Task<LoadReceipt> LoadAsync(LoadsIntoTarget into, string csv, string trigger = "") => into.Loads.LoadAsync("t.csv", Encoding.UTF8.GetBytes(csv), trigger);

    private static async Task<string[]> ChangesAsync(LoadsIntoTarget into)
    {
        var table = await into.Loads.Target.FindTableAsync(new TableName(into.Loads.Target.DefaultSchema, "t"), TestContext.Current.CancellationToken);
        using var details = JsonDocument.Parse(table!.LastReceipt!.Details);
        return details.RootElement.TryGetProperty("schema_changed", out var changes)
            ? [.. changes.EnumerateArray().Select(c => $"{Of(c, "change")} {Of(c, "column")} {Of(c, "before")} {Of(c, "after")}")]
            : [];

        static string Of(JsonElement change, string key) => change.TryGetProperty(key, out var value) ? value.GetString()! : "-";
    }
}

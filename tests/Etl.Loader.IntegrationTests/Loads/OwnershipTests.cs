using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Loads;

/// <summary>A table is ours because loads made it, not because of its name; and it has the content that is in it, not that of its receipts.</summary>
public sealed class OwnershipTests(PostgresServer server)
{
    /// <summary>What someone does to the table <c>orders</c>, and whether it is still the one that we made.</summary>
    private static readonly (string Sql, bool Ours)[] Doings =
    [
        ("DROP TABLE orders; CREATE TABLE orders (id BIGINT, note TEXT); INSERT INTO orders VALUES (7, 'mine')", false),
        ("DROP TABLE orders; CREATE TABLE orders (other TEXT); INSERT INTO orders VALUES ('mine')", false),
        ("CREATE TABLE copied AS SELECT * FROM orders; DROP TABLE orders; ALTER TABLE copied RENAME TO orders", false),
        ("ALTER TABLE orders RENAME TO orders_old; CREATE TABLE orders AS SELECT * FROM orders_old", false),
        ("DROP TABLE orders; ALTER TABLE rival RENAME TO orders", false),
        ("COMMENT ON TABLE orders IS 'somebody''s words'", true),
        ("ALTER TABLE orders ADD COLUMN extra TEXT", true),
        ("ALTER TABLE orders ALTER COLUMN note SET DEFAULT 'x'", true),
        ("ALTER TABLE orders RENAME TO away; ALTER TABLE away RENAME TO orders", true),
        ("DELETE FROM orders", true),
        ("UPDATE orders SET note = 'y'", true),
    ];

    public static TheoryData<string, int, string> All()
    {
        var rows = new TheoryData<string, int, string>();
        foreach (var kind in (string[])[nameof(TargetKind.PostgreSql), nameof(TargetKind.DuckDb)])
        {
            for (var i = 0; i < Doings.Length; i++)
            {
                rows.Add(kind, i, "replace");
                rows.Add(kind, i, "append");
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_table_of_someone_else_under_our_name_is_touched_only_when_adopted(string kind, int doing, string mode)
    {
        var (sql, ours) = Doings[doing];
        await using var into = await LoadsIntoTarget.CreateAsync(kind, server);
        await into.Loads.LoadAsync("rival.csv", "id,note\n9,r\n");
        await into.Loads.LoadAsync("orders.csv", "id,note\n1,a\n2,b\n");
        await into.Loads.LoadAsync("orders.csv", "id,note\n1,a\n3,b\n");
        foreach (var statement in sql.Split("; "))
        {
            await into.QueryAsync(statement.Replace("CREATE TABLE ", $"CREATE TABLE {into.Loads.Target.DefaultSchema}.", StringComparison.Ordinal));
        }

        var before = await into.QueryAsync("SELECT * FROM orders");
        var trigger = $$"""{ "mode": "{{mode}}" {0} }""";
        var fault = await Record.ExceptionAsync(() => into.Loads.LoadAsync("orders.csv", "id,note\n4,c\n", trigger.Replace("{0}", "", StringComparison.Ordinal)));
        if (ours)
        {
            Assert.Null(fault);
            return;
        }

        var refused = Assert.IsType<DatasetException>(fault);
        Assert.Contains("\"adopt\": true", refused.Hint, StringComparison.Ordinal);
        Assert.Equal(before, await into.QueryAsync("SELECT * FROM orders"));
        if (before[0].Count == 2)
        {
            await into.Loads.LoadAsync("orders.csv", "id,note\n4,c\n", trigger.Replace("{0}", ", \"adopt\": true", StringComparison.Ordinal));
            await into.Loads.LoadAsync("orders.csv", "id,note\n5,c\n", trigger.Replace("{0}", "", StringComparison.Ordinal));
            Assert.Equal(mode == "append" ? before.Count + 2 : 1, (await into.QueryAsync("SELECT * FROM orders")).Count);
        }
    }

    [Theory]
    [InlineData(nameof(TargetKind.PostgreSql))]
    [InlineData(nameof(TargetKind.DuckDb))]
    public async Task Content_is_had_only_while_its_rows_are_there(string kind)
    {
        const string append = """{ "mode": "append" }""";
        await using var into = await LoadsIntoTarget.CreateAsync(kind, server);
        Task Add(string rows) => into.Loads.LoadAsync("orders.csv", "id,note\n" + rows, append);
        async Task Had(string rows) => Assert.Contains("\"again\": true", (await Assert.ThrowsAsync<DatasetException>(() => Add(rows))).Hint, StringComparison.Ordinal);

        await Add("1,a\n2,b\n");
        await Had("1,a\n2,b\n");
        await into.QueryAsync("TRUNCATE orders");
        await Add("1,a\n2,b\n");
        await Had("1,a\n2,b\n");

        // Emptied, and filled with something else since.
        await into.QueryAsync("DELETE FROM orders");
        await Add("3,c\n4,d\n5,e\n");
        await Add("1,a\n2,b\n");

        // Dropped, and made again by a load.
        await into.QueryAsync("DROP TABLE orders");
        await Add("1,a\n2,b\n");
        await Had("1,a\n2,b\n");

        // No row at all is not a content.
        await Add("");
        await Add("");
        Assert.Equal(2, (await into.QueryAsync("SELECT * FROM orders")).Count);

        // Emptied by deletes of all but less than the content.
        await into.QueryAsync("DELETE FROM orders WHERE id = 1");
        await Add("1,a\n2,b\n");
        Assert.Equal(3, (await into.QueryAsync("SELECT * FROM orders")).Count);
    }
}

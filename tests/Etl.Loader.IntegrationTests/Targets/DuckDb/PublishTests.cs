using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Targets.DuckDb;

public class PublishTests
{
    private static readonly (string, ColumnType)[] Columns = [("id", new(TypeKind.BigInt)), ("name", ColumnType.Text)];
    private static readonly string?[][] Old = [["1", "one"]];
    private static readonly string?[][] New = [["2", "two"], ["3", "three"]];

    [Fact]
    public async Task A_load_has_the_same_receipt_however_often_it_is_published()
    {
        await using var lake = await Lake.CreateAsync();
        var load = LoadId.New(TimeProvider.System);
        var first = await lake.LoadAsync(lake.Csv(Columns, Old), load: load, sequence: 1);
        var again = await lake.LoadAsync(lake.Csv(Columns, New), load: load, sequence: 1);
        Assert.Equal(first.Receipt, again.Receipt);
        Assert.Equal(first.Receipt, await lake.Target.FindReceiptAsync(load, Lake.Token));
        Assert.Equal(Old, lake.Query("SELECT * FROM orders"));
        Assert.Equal([["1"]], lake.Query("SELECT count(*) FROM etl_loader.receipts"));
        Assert.Empty(lake.Query("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '\\_\\_etl%' ESCAPE '\\'"));
    }

    [Fact]
    public async Task An_older_delivery_ends_as_superseded_and_changes_nothing()
    {
        await using var lake = await Lake.CreateAsync();
        var newer = await lake.LoadAsync(lake.Csv(Columns, New), sequence: 2);
        var older = await lake.LoadAsync(lake.Csv(Columns, Old), sequence: 1);
        Assert.Null(older.Receipt);
        Assert.Equal(newer.Receipt!.LoadId, older.SupersededBy);
        Assert.Equal(New, lake.Query("SELECT * FROM orders"));
    }

    [Fact]
    public async Task A_table_that_we_did_not_make_is_replaced_only_when_adopted()
    {
        await using var lake = await Lake.CreateAsync();
        lake.Execute("CREATE TABLE orders AS SELECT 'precious' AS thing");
        var error = await Assert.ThrowsAsync<DatasetException>(() => lake.LoadAsync(lake.Csv(Columns, New)));
        Assert.Contains("adopt", error.Hint, StringComparison.Ordinal);
        Assert.Equal([["precious"]], lake.Query("SELECT * FROM orders"));
        await lake.LoadAsync(lake.Csv(Columns, New), adopt: true);
        Assert.Equal(New, lake.Query("SELECT * FROM orders"));
    }

    [Fact]
    public async Task A_second_dataset_gets_the_table_only_by_naming_it()
    {
        await using var lake = await Lake.CreateAsync();
        await lake.LoadAsync(lake.Csv(Columns, Old), name: "a/orders.csv");
        var error = await Assert.ThrowsAsync<DatasetException>(() => lake.LoadAsync(lake.Csv(Columns, New), name: "b/orders.csv"));
        Assert.Contains("a/orders.csv", error.Message, StringComparison.Ordinal);
        await lake.LoadAsync(lake.Csv(Columns, New), name: "b/orders.csv", named: true);
        Assert.Equal(New, lake.Query("SELECT * FROM orders"));
    }

    [Fact]
    public async Task A_view_is_never_replaced()
    {
        await using var lake = await Lake.CreateAsync();
        lake.Execute("CREATE VIEW orders AS SELECT 1 AS one");
        var error = await Assert.ThrowsAsync<DatasetException>(() => lake.LoadAsync(lake.Csv(Columns, New), adopt: true));
        Assert.Contains("is a view", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Our_own_schema_is_out_of_reach()
    {
        await using var lake = await Lake.CreateAsync();
        await Assert.ThrowsAsync<DatasetException>(
            () => lake.LoadAsync(lake.Csv(Columns, New), new TableName("etl_loader", "receipts"), adopt: true));
    }

    [Fact]
    public async Task Names_are_quoted_everywhere()
    {
        await using var lake = await Lake.CreateAsync();
        var table = new TableName("sche\"ma; --", "ta'ble \"x\"");
        var dataset = lake.Csv([("se\"lect'; drop", new(TypeKind.BigInt)), ("order", ColumnType.Text)], Old);
        await lake.LoadAsync(dataset, table);
        await lake.LoadAsync(lake.Csv([("order", ColumnType.Text)], [["x"]]), table);
        Assert.Equal([["x"]], lake.Query("SELECT * FROM \"sche\"\"ma; --\".\"ta'ble \"\"x\"\"\""));
    }

    [Fact]
    public async Task What_depends_on_the_table_survives_a_reload()
    {
        await using var lake = await Lake.CreateAsync();
        await lake.LoadAsync(lake.Csv(Columns, Old));
        lake.Execute("ALTER TABLE orders ALTER COLUMN id SET NOT NULL; ALTER TABLE orders ALTER COLUMN name SET DEFAULT 'x';"
            + "CREATE INDEX by_name ON orders(name); COMMENT ON TABLE orders IS 'it''s ours'; COMMENT ON COLUMN orders.name IS 'the name';"
            + "COMMENT ON INDEX by_name IS 'fast'; CREATE VIEW names AS SELECT upper(name) AS n FROM orders");
        var before = Hanging(lake);
        await lake.LoadAsync(lake.Csv(Columns, New));
        Assert.Equal(before, Hanging(lake));
        Assert.Equal([["TWO"], ["THREE"]], lake.Query("SELECT * FROM names"));
    }

    [Fact]
    public async Task Keys_and_checks_survive_a_reload()
    {
        await using var lake = await Lake.CreateAsync();
        lake.Execute("CREATE TABLE orders (id BIGINT PRIMARY KEY, name VARCHAR NOT NULL DEFAULT 'x', UNIQUE (name), CHECK (orders.id > 0)); "
            + "CREATE INDEX by_both ON orders(name, id)");
        var before = Hanging(lake);
        await lake.LoadAsync(lake.Csv(Columns, New), adopt: true);
        Assert.Equal(before, Hanging(lake));
        Assert.Equal(New, lake.Query("SELECT * FROM orders"));

        var error = await Assert.ThrowsAsync<DatasetException>(() => lake.LoadAsync(lake.Csv(Columns, [["4", "same"], ["5", "same"]])));
        Assert.Contains("cannot keep its constraints", error.Message, StringComparison.Ordinal);
        Assert.Equal(New, lake.Query("SELECT * FROM orders"));
    }

    [Fact]
    public async Task Words_in_names_and_texts_are_no_reason_to_refuse()
    {
        await using var lake = await Lake.CreateAsync();
        lake.Execute("CREATE TABLE orders (id BIGINT, name VARCHAR DEFAULT 'a COLLATE b'); "
            + "COMMENT ON TABLE orders IS ' GENERATED ALWAYS AS('; CREATE SEQUENCE numbers; ALTER TABLE orders ALTER COLUMN id SET DEFAULT nextval('numbers')");
        var before = Hanging(lake);
        await lake.LoadAsync(lake.Csv(Columns, New), adopt: true);
        Assert.Equal(before, Hanging(lake));
    }

    [Theory]
    [InlineData("CREATE TABLE orders (id BIGINT PRIMARY KEY, name VARCHAR); CREATE TABLE lines (o BIGINT REFERENCES orders(id))", "foreign key of main.lines")]
    [InlineData("CREATE TABLE orders (id BIGINT, name VARCHAR, gone BIGINT UNIQUE)", "UNIQUE(gone)")]
    [InlineData("CREATE TABLE orders (id BIGINT, name VARCHAR, twice BIGINT GENERATED ALWAYS AS (id * 2))", "generated columns")]
    [InlineData("CREATE TABLE orders (id BIGINT, name VARCHAR COLLATE NOCASE)", "VARCHAR COLLATE NOCASE")]
    [InlineData("CREATE TABLE orders (id BIGINT, name VARCHAR, gone BIGINT); CREATE INDEX by_gone ON orders(gone)", "the index by_gone")]
    [InlineData("CREATE TABLE orders (id BIGINT, name BIGINT); CREATE VIEW sums AS SELECT name + 1 AS more FROM orders", "view main.sums")]
    [InlineData("CREATE TABLE orders (id BIGINT, name VARCHAR, gone BIGINT); CREATE VIEW old AS SELECT gone FROM orders", "view main.old")]
    public async Task What_the_swap_would_lose_is_refused_by_name_and_nothing_changes(string ddl, string named)
    {
        await using var lake = await Lake.CreateAsync();
        lake.Execute(ddl);
        var before = Hanging(lake);
        var error = await Assert.ThrowsAsync<DatasetException>(() => lake.LoadAsync(lake.Csv(Columns, New), adopt: true));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Hanging(lake));
        Assert.Empty(lake.Query("SELECT * FROM etl_loader.receipts"));
    }

    [Fact]
    public async Task A_view_that_was_broken_before_stops_nothing()
    {
        await using var lake = await Lake.CreateAsync();
        lake.Execute("CREATE TABLE t AS SELECT 1 AS a; CREATE VIEW broken AS SELECT a FROM t; DROP TABLE t");
        await lake.LoadAsync(lake.Csv(Columns, Old));
        await lake.LoadAsync(lake.Csv(Columns, New));
        Assert.Equal(New, lake.Query("SELECT * FROM orders"));
    }

    [Fact]
    public async Task An_append_goes_by_name_and_what_is_missing_is_null()
    {
        await using var lake = await Lake.CreateAsync();
        await lake.LoadAsync(lake.Csv([("id", new(TypeKind.BigInt)), ("name", ColumnType.Text), ("price", new(TypeKind.Numeric, 6, 2))], [["1", "one", "1.50"]]));
        await lake.LoadAsync(lake.Csv([("price", new(TypeKind.Numeric, 3, 1)), ("id", new(TypeKind.BigInt))], [["2.5", "2"]]), mode: LoadMode.Append);
        Assert.Equal([["1", "one", "1.50"], ["2", null, "2.50"]], lake.Query("SELECT * FROM orders ORDER BY id"));
    }

    [Fact]
    public async Task An_append_with_a_new_column_says_the_alter_to_run()
    {
        await using var lake = await Lake.CreateAsync();
        await lake.LoadAsync(lake.Csv(Columns, Old));
        var more = lake.Csv([("id", new(TypeKind.BigInt)), ("colour", ColumnType.Text)], [["2", "red"]]);
        var error = await Assert.ThrowsAsync<DatasetException>(() => lake.LoadAsync(more, mode: LoadMode.Append));
        Assert.Contains("ALTER TABLE \"main\".\"orders\" ADD COLUMN \"colour\" VARCHAR", error.Hint, StringComparison.Ordinal);
        Assert.Equal(Old, lake.Query("SELECT * FROM orders"));
    }

    [Fact]
    public async Task An_append_never_rounds()
    {
        await using var lake = await Lake.CreateAsync();
        await lake.LoadAsync(lake.Csv([("price", new(TypeKind.Numeric, 6, 1))], [["1.5"]]));
        var finer = lake.Csv([("price", new(TypeKind.Numeric, 6, 2))], [["1.25"]]);
        var error = await Assert.ThrowsAsync<DatasetException>(() => lake.LoadAsync(finer, mode: LoadMode.Append));
        Assert.Contains("'1.25' does not fit DECIMAL(6,1)", error.Message, StringComparison.Ordinal);
        Assert.Equal([["1.5"]], lake.Query("SELECT * FROM orders"));
    }

    [Fact]
    public async Task Content_that_the_table_has_is_appended_only_when_asked_for_again()
    {
        await using var lake = await Lake.CreateAsync();
        await lake.LoadAsync(lake.Csv(Columns, Old));
        var error = await Assert.ThrowsAsync<DatasetException>(() => lake.LoadAsync(lake.Csv(Columns, Old), mode: LoadMode.Append));
        Assert.Contains("again", error.Hint, StringComparison.Ordinal);
        await lake.LoadAsync(lake.Csv(Columns, Old), mode: LoadMode.Append, again: true);
        Assert.Equal([["2"]], lake.Query("SELECT count(*) FROM orders"));

        await lake.LoadAsync(lake.Csv(Columns, New));
        await lake.LoadAsync(lake.Csv(Columns, Old), mode: LoadMode.Append);
        Assert.Equal([["3"]], lake.Query("SELECT count(*) FROM orders"));
    }

    [Fact]
    public async Task Rejected_rows_stand_beside_the_receipt_and_the_rest_is_loaded()
    {
        await using var lake = await Lake.CreateAsync();
        var dataset = lake.Csv([("id", new(TypeKind.BigInt)), ("day", new(TypeKind.Date))], [["1", "2026-01-01"], ["2", "2026-02-30"], ["3", null]]);
        var error = await Assert.ThrowsAsync<DatasetException>(() => lake.LoadAsync(dataset));
        Assert.Equal(("orders.csv", 3L, "day"), (error.File, error.Line, error.Column));
        Assert.Contains("'2026-02-30', which is not a valid DATE", error.Message, StringComparison.Ordinal);

        var outcome = await lake.LoadAsync(dataset, rejectsMax: 1);
        Assert.Equal((2L, 1L), (outcome.Receipt!.RowsLoaded, outcome.Receipt.RowsRejected));
        Assert.Equal([["1", "2026-01-01"], ["3", null]], lake.Query("SELECT * FROM orders"));
        Assert.Equal(
            [["orders.csv", "3", "day", "2,2026-02-30"]],
            lake.Query($"SELECT file, line, column_name, raw FROM etl_loader.rejects WHERE load_id = '{outcome.Receipt.LoadId}'"));
    }

    private static List<string> Hanging(Lake lake) =>
    [
        .. lake.Query("SELECT table_name, column_name, data_type, is_nullable, column_default, comment FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal ORDER BY 1, column_index")
            .Concat(lake.Query("SELECT constraint_type, constraint_text FROM duckdb_constraints() WHERE table_name = 'orders' AND constraint_text NOT LIKE '%etl-loader load %' ORDER BY 1, 2"))
            .Concat(lake.Query("SELECT index_name, sql, comment FROM duckdb_indexes() ORDER BY 1"))
            .Concat(lake.Query("SELECT view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY 1"))
            .Concat(lake.Query("SELECT comment FROM duckdb_tables() WHERE table_name = 'orders'"))
            .Select(row => string.Join('|', row)).Where(row => !row.StartsWith("__etl_", StringComparison.Ordinal)),
    ];
}

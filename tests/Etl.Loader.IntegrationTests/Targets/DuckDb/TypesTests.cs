using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Targets.DuckDb;

public class TypesTests
{
    private static readonly string Big = new('9', 38);

    private static readonly (string Name, ColumnType Type)[] Columns =
    [
        ("id", new(TypeKind.BigInt)), ("zip", ColumnType.Text), ("rate", new(TypeKind.Numeric, 6, 3)), ("big", new(TypeKind.Numeric, 38, 0)),
        ("long", new(TypeKind.Numeric, 60, 5)), ("day", new(TypeKind.Date)), ("clock", new(TypeKind.Time)), ("at", new(TypeKind.Timestamp)),
        ("utc", new(TypeKind.TimestampTz)), ("flag", new(TypeKind.Boolean)), ("key", new(TypeKind.Uuid)), ("doc", new(TypeKind.Json)),
        ("note", ColumnType.Text), ("nothing", new(TypeKind.Empty)),
    ];

    private static readonly string?[][] Rows =
    [
        ["9223372036854775807", "00501", ".097", Big, "123456789012345678901234567890123456789012345.12345", "0001-01-01", "00:00:00",
            "2026-01-02T03:04:05.123456", "2026-01-02T03:04:05Z", "true", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "{\"a\":1}", "  blanks  ", null],
        ["-9223372036854775808", "0", "-12.5", "-" + Big, "1", "9999-12-31", "23:59:59.999999", "1969-12-31 23:59:59.999999",
            "1969-12-31 23:59:59.999999+00:00", "false", "ffffffff-ffff-ffff-ffff-ffffffffffff", "[1,2]", "", null],
        ["0", "+1", "0.100", "0", null, null, null, null, null, null, null, null, "quote \" comma , line\nbreak\r\nend", null],
        ["7", null, null, null, null, "2024-02-29", "12:00:00.5", "2024-02-29T00:00:00", "2024-02-29T00:00:00.5Z", "true",
            "00000000-0000-0000-0000-000000000000", "null", null, null],
        ["8", "NULL", "999.999", "1", "x", "1970-01-01", "00:00:00.000001", "1970-01-01 00:00:00", "2000-01-01T00:00:00Z", "false",
            "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "\"é\"", "ünïcode 🦆", null],
    ];

    private static readonly string?[][] Expected =
    [
        ["9223372036854775807", "00501", "0.097", Big, "123456789012345678901234567890123456789012345.12345", "0001-01-01", "00:00:00",
            "2026-01-02 03:04:05.123456", "2026-01-02 03:04:05+00", "true", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "{\"a\":1}", "  blanks  ", null],
        ["-9223372036854775808", "0", "-12.500", "-" + Big, "1", "9999-12-31", "23:59:59.999999", "1969-12-31 23:59:59.999999",
            "1969-12-31 23:59:59.999999+00", "false", "ffffffff-ffff-ffff-ffff-ffffffffffff", "[1,2]", "", null],
        ["0", "+1", "0.100", "0", null, null, null, null, null, null, null, null, "quote \" comma , line\nbreak\r\nend", null],
        ["7", null, null, null, null, "2024-02-29", "12:00:00.5", "2024-02-29 00:00:00", "2024-02-29 00:00:00.5+00", "true",
            "00000000-0000-0000-0000-000000000000", "null", null, null],
        ["8", "NULL", "999.999", "1", "x", "1970-01-01", "00:00:00.000001", "1970-01-01 00:00:00", "2000-01-01 00:00:00+00", "false",
            "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "\"é\"", "ünïcode 🦆", null],
    ];

    [Fact]
    public async Task Every_value_arrives_exactly()
    {
        await using var lake = await Lake.CreateAsync();
        var dataset = lake.Csv(Columns, Rows);
        var outcome = await lake.LoadAsync(dataset);
        Assert.Equal(Rows.Length, outcome.Receipt!.RowsLoaded);
        Assert.Equal(Expected, lake.Query("SELECT * FROM orders"));
        Assert.Equal(
            ["BIGINT", "VARCHAR", "DECIMAL(6,3)", "DECIMAL(38,0)", "VARCHAR", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "BOOLEAN",
                "UUID", "JSON", "VARCHAR", "VARCHAR"],
            lake.Query("SELECT data_type FROM duckdb_columns() WHERE table_name = 'orders' ORDER BY column_index").Select(r => r[0]));
    }

    [Fact]
    public async Task The_table_is_described_in_our_types()
    {
        await using var lake = await Lake.CreateAsync();
        await lake.LoadAsync(lake.Csv(Columns, Rows));
        var table = await lake.Target.FindTableAsync(new TableName("main", "orders"), Lake.Token);
        Assert.Equal(
            Columns.Select(c => c.Type.Kind is TypeKind.Empty || c.Name == "long" ? ColumnType.Text : c.Type), table!.Columns.Select(c => c.Type!.Value));
        Assert.Equal("orders.csv", table.LastReceipt!.Dataset);
    }

    [Fact]
    public async Task More_rows_than_a_vector_holds_keep_their_order_and_their_nulls()
    {
        await using var lake = await Lake.CreateAsync();
        var rows = Enumerable.Range(0, 10_000).Select(i => new[] { i.ToString(), i % 3 == 0 ? null : new string('x', i % 40) }).ToArray();
        await lake.LoadAsync(lake.Csv([("n", new(TypeKind.BigInt)), ("t", ColumnType.Text)], rows));
        Assert.Equal(rows, lake.Query("SELECT * FROM orders"));
    }
}

using Etl.Loader.Survey;

namespace Etl.Loader.IntegrationTests.Targets.DuckDb;

public class ParquetTests
{
    [Theory]
    [InlineData("orders.parquet")]
    [InlineData("a[b]*?.parquet")]
    [InlineData("year=2026 it's \"x\"\n;.parquet")]
    public async Task A_file_of_any_name_is_read_and_no_other(string name)
    {
        await using var lake = await Lake.CreateAsync("da[t]a*");
        var path = Path.Combine(lake.Directory, name);
        lake.Execute($"COPY (SELECT 1::BIGINT AS id, 'x' AS t) TO '{Path.Combine(lake.Directory, "ab1.parquet")}' (FORMAT parquet)");
        lake.Execute(
            $"COPY (SELECT i AS id, 'v' || i AS t, i::DECIMAL(12,2) AS d, TIMESTAMPTZ '2026-01-01 00:00:00+00' AS z, [i] AS l, i::UINTEGER AS u "
            + $"FROM range(5) r(i)) TO '{Path.Combine(lake.Directory, "source")}' (FORMAT parquet)");
        File.Move(Path.Combine(lake.Directory, "source"), path);
        (string, ColumnType)[] columns =
        [
            ("id", new(TypeKind.BigInt)), ("t", ColumnType.Text), ("d", new(TypeKind.Numeric, 12, 2)), ("z", new(TypeKind.TimestampTz)),
            ("l", new(TypeKind.Json)), ("u", new(TypeKind.BigInt)),
        ];
        await lake.LoadAsync(TestDataset.Parquet(path, columns, 5));
        Assert.Equal(
            Enumerable.Range(0, 5).Select(i => new[] { $"{i}", $"v{i}", $"{i}.00", "2026-01-01 00:00:00+00", $"[{i}]", $"{i}" }),
            lake.Query("SELECT * FROM orders ORDER BY id"));
    }

    [Fact]
    public async Task A_column_that_is_wanted_as_text_has_the_text_that_every_target_gets()
    {
        await using var lake = await Lake.CreateAsync();
        var path = Path.Combine(lake.Directory, "orders.parquet");
        lake.Execute(
            "COPY (SELECT 'a\\xFF'::BLOB AS b, 0.5::FLOAT AS f, 'nan'::DOUBLE AS n, '-inf'::DOUBLE AS i, {'k': [1]} AS s, 7 AS w, DATE '2026-01-02' AS d) "
            + $"TO '{path}' (FORMAT parquet)");
        (string, ColumnType)[] columns = [.. "bfniswd".Select(c => (c.ToString(), ColumnType.Text))];
        await lake.LoadAsync(TestDataset.Parquet(path, columns, 1));
        Assert.Equal([["\\x61ff", "0.5", "NaN", "-Infinity", "{\"k\":[1]}", "7", "2026-01-02"]], lake.Query("SELECT * FROM orders"));
    }

    [Fact]
    public async Task A_cast_that_would_change_a_value_fails_naming_column_and_value()
    {
        await using var lake = await Lake.CreateAsync();
        var path = Path.Combine(lake.Directory, "orders.parquet");
        lake.Execute($"COPY (SELECT 1.5::DOUBLE AS price) TO '{path}' (FORMAT parquet)");
        var error = await Assert.ThrowsAsync<DatasetException>(() => lake.LoadAsync(TestDataset.Parquet(path, [("price", new(TypeKind.BigInt))], 1)));
        Assert.Contains("column 'price': '1.5' does not fit BIGINT", error.Message, StringComparison.Ordinal);
        Assert.Empty(lake.Query("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'"));
    }

    [Fact]
    public async Task A_corrupt_file_is_the_datasets_fault()
    {
        await using var lake = await Lake.CreateAsync();
        var path = Path.Combine(lake.Directory, "orders.parquet");
        await File.WriteAllTextAsync(path, "PAR1 this is no parquet file PAR1", Lake.Token);
        var error = await Assert.ThrowsAsync<DatasetException>(() => lake.LoadAsync(TestDataset.Parquet(path, [("price", new(TypeKind.BigInt))], 1)));
        Assert.Contains("orders.parquet", error.Message, StringComparison.Ordinal);
    }
}

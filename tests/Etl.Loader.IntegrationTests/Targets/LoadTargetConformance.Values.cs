using Etl.Loader.Faults;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Targets;

public abstract partial class LoadTargetConformance
{
    [Fact]
    public async Task A_dataset_without_rows_becomes_an_empty_table()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        await LoadAsync(target, epoch, "empty", MemoryDataset.Of([("id", TypeKind.BigInt), ("name", TypeKind.Text)]));
        Assert.Empty(await QueryAsync($"SELECT id, name FROM {Table(target, "empty")}"));
    }

    [Fact]
    public async Task Null_and_the_empty_text_are_distinguished()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        await LoadAsync(target, epoch, "nulls", MemoryDataset.Of([("id", TypeKind.BigInt), ("name", TypeKind.Text)], ["1", null], ["2", ""], [null, "x"]));
        Assert.Equal(
            [["1", null], ["2", ""], [null, "x"]],
            await QueryAsync($"SELECT id, name FROM {Table(target, "nulls")} ORDER BY id NULLS LAST"));
    }

    [Theory]
    [InlineData("BigInt", "-9223372036854775808")]
    [InlineData("BigInt", "9223372036854775807")]
    [InlineData("BigInt", "0")]
    [InlineData("Date", "0001-01-01")]
    [InlineData("Date", "1999-12-31")]
    [InlineData("Date", "2024-02-29")]
    [InlineData("Date", "9999-12-31")]
    [InlineData("Time", "00:00:00")]
    [InlineData("Time", "23:59:59.999999")]
    [InlineData("Timestamp", "1969-12-31 23:59:59.999999")]
    [InlineData("Timestamp", "2026-03-29 02:30:00")]
    [InlineData("Boolean", "true")]
    [InlineData("Boolean", "false")]
    [InlineData("Uuid", "00000000-0000-0000-0000-00000000000f")]
    [InlineData("Uuid", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6")]
    [InlineData("Text", "007")]
    [InlineData("Text", "tab\tline\r\nquote\"comma,backslash\\N'; DROP TABLE x; -- ünïcode 漢字 😀 \u200b\u202e")]
    [InlineData("Float8", "0.1")]
    [InlineData("Float8", "-1.5")]
    public async Task A_value_is_read_back_as_it_was_written(string kind, string value)
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        await LoadAsync(target, epoch, "one", MemoryDataset.Of([("v", Enum.Parse<TypeKind>(kind))], [value]));
        Assert.Equal(value, await ScalarAsync($"SELECT CAST(v AS VARCHAR) FROM {Table(target, "one")}"));
    }

    [Theory]
    [InlineData(12, 2, "1234567890.12", "1234567890.12")]
    [InlineData(12, 2, "-0.05", "-0.05")]
    [InlineData(12, 2, ".05", "0.05")]
    [InlineData(12, 2, "7", "7.00")]
    [InlineData(38, 10, "1234567890123456789012345678.0123456789", "1234567890123456789012345678.0123456789")]
    public async Task A_decimal_keeps_every_digit(int precision, int scale, string value, string read)
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        await LoadAsync(target, epoch, "decimals", new MemoryDataset([new TargetColumn(0, "v", "v", new ColumnType(TypeKind.Numeric, precision, scale))], [[value]]));
        Assert.Equal(read, await ScalarAsync($"SELECT CAST(v AS VARCHAR) FROM {Table(target, "decimals")}"));
    }

    [Fact]
    public async Task Many_rows_are_all_there_and_their_sum_is_right()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        await LoadAsync(target, epoch, "many", Numbers([.. Enumerable.Range(1, 100_000)]));
        Assert.Equal(["100000", "5000050000"], (await QueryAsync($"SELECT count(*), sum(id) FROM {Table(target, "many")}"))[0]);
    }

    [Fact]
    public async Task A_table_of_a_thousand_columns_is_taken()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        var columns = Enumerable.Range(0, 1000).Select(i => ($"c{i}", TypeKind.BigInt)).ToList();
        await LoadAsync(target, epoch, "wide", MemoryDataset.Of(columns, [.. Enumerable.Range(0, 1000).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture))]));
        Assert.Equal(["0", "999"], (await QueryAsync($"SELECT c0, c999 FROM {Table(target, "wide")}"))[0]);
    }

    [Fact]
    public async Task Names_with_quotes_and_reserved_words_are_only_names()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        const string table = "a\"; DROP TABLE b; --";
        await LoadAsync(target, epoch, table, MemoryDataset.Of([("select", TypeKind.BigInt), ("x\"y'z", TypeKind.Text)], ["1", "v"]));
        Assert.Equal(["1", "v"], (await QueryAsync($"SELECT \"select\", \"x\"\"y'z\" FROM {Table(target, table)}"))[0]);
    }
}

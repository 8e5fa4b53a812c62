namespace Etl.Loader.Tests;

public class NamingTests
{
    [Theory]
    [InlineData("Orders 2026.csv.gz", "orders_2026")]
    [InlineData("orders.csv", "orders")]
    [InlineData("2026-orders.parquet", "_2026_orders")]
    [InlineData("Ünïcode Straße.tsv.zst", "ünïcode_straße")]
    [InlineData("a'; drop table b; --.csv", "a_drop_table_b")]
    [InlineData("archive.2026.csv", "archive_2026")]
    [InlineData(".csv", "csv")]
    [InlineData("???.csv", "")]
    public void A_table_is_named_by_the_file_without_its_data_extensions(string file, string table) =>
        Assert.Equal(table, Naming.TableFromFile(file));

    [Fact]
    public void Equal_columns_are_numbered_and_empty_ones_named_by_position() =>
        Assert.Equal(["id", "id_2", "column_3", "id_3", "select"], Naming.Columns(["id", "ID", "", "Id ", "SELECT"]));

    [Fact]
    public void Long_names_keep_within_the_limit_in_bytes_and_stay_distinct()
    {
        var names = Naming.Columns([new string('ä', 200), new string('ä', 199)]);
        Assert.All(names, name => Assert.True(System.Text.Encoding.UTF8.GetByteCount(name) <= Naming.MaxBytes));
        Assert.Equal(2, names.Distinct().Count());
    }

    [Fact]
    public void Names_that_end_in_a_number_already_are_passed_over() =>
        Assert.Equal(["a_2", "a", "a_3", "a_4", "a_2_2"], Naming.Columns(["a_2", "a", "a", "a", "a_2"]));

    [Fact]
    public void A_long_name_gives_way_to_its_number()
    {
        var names = Naming.Columns([.. Enumerable.Repeat(new string('x', 100), 12)]);
        Assert.Equal(
            [new string('x', 63), .. Enumerable.Range(2, 8).Select(i => $"{new string('x', 61)}_{i}"), .. Enumerable.Range(10, 3).Select(i => $"{new string('x', 60)}_{i}")],
            names);
    }
}

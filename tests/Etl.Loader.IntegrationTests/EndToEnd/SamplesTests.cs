using System.Globalization;
using System.Numerics;
using DuckDB.NET.Data;

namespace Etl.Loader.IntegrationTests.EndToEnd;

public sealed class SamplesTests(SharedUp shared) : IClassFixture<SharedUp>
{
    private RunningUp Up => shared.Up;

    [Theory]
    [InlineData("warehouse", "airports.csv", "airports", ',', 3_376)]
    [InlineData("warehouse", "seattle-weather.csv", "seattle_weather", ',', 1_461)]
    [InlineData("warehouse", "unemployment.tsv", "unemployment", '\t', 3_218)]
    [InlineData("warehouse", "zipcodes.csv", "zipcodes", ',', 42_049)]
    [InlineData("lake", "airports.csv", "airports", ',', 3_376)]
    [InlineData("lake", "seattle-weather.csv", "seattle_weather", ',', 1_461)]
    [InlineData("lake", "unemployment.tsv", "unemployment", '\t', 3_218)]
    [InlineData("lake", "zipcodes.csv", "zipcodes", ',', 42_049)]
    public async Task Every_row_of_a_delimited_sample_equals_its_source(string target, string file, string table, char delimiter, int rows)
    {
        Up.DeliverSample(target, file);
        await Up.LoadedAsync(target, file);

        var source = SourceRows.Read(Path.Combine(RunningUp.Samples, file), delimiter);
        var columns = await ColumnsAsync(target, table);
        Assert.Equal(source[0], columns.Select(c => c.Name));
        var select = string.Join(", ", columns.Select(c => $"CAST(\"{c.Name}\" AS VARCHAR)"));
        var loaded = await Up.TargetAsync(target, $"SELECT {select} FROM {table}");

        Assert.Equal(rows, loaded.Count);
        var expected = source.Skip(1).Select(row => Row(row, columns)).Order(StringComparer.Ordinal);
        Assert.Equal(expected, loaded.Select(row => Row(row, columns)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_lake_is_closed_to_users_outside_the_group()
    {
        Up.DeliverSample("lake", "airports.csv");
        await Up.LoadedAsync("lake", "airports.csv");
        Assert.Equal(UnixFileMode.None, new FileInfo(Up.Ready.Lake).UnixFileMode & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute));
    }

    [Theory]
    [InlineData("warehouse")]
    [InlineData("lake")]
    public async Task Leading_zeros_stay_and_a_missing_zero_before_the_point_is_the_same_number(string target)
    {
        Up.Deliver(target, "zip.csv", "zip,city\n00501,Holtsville\n10001,New York\n");
        Up.Deliver(target, "rates.tsv", "id\trate\n1001\t.097\n1003\t.091\n");
        await Up.LoadedAsync(target, "zip.csv");
        await Up.LoadedAsync(target, "rates.tsv");

        Assert.Equal([["00501"]], await Up.TargetAsync(target, "SELECT zip FROM zip WHERE city = 'Holtsville'"));
        Assert.Equal([["1"]], await Up.TargetAsync(target, "SELECT CAST(count(*) AS VARCHAR) FROM rates WHERE rate = CAST('0.097' AS DECIMAL(4,3))"));
        var type = (await ColumnsAsync(target, "rates")).Single(c => c.Name == "rate").Type;
        Assert.Contains(type, (string[])["numeric", "DECIMAL"]);
    }

    [Theory]
    [InlineData("warehouse")]
    [InlineData("lake")]
    public async Task Every_row_of_the_parquet_sample_equals_its_source(string target)
    {
        var token = TestContext.Current.CancellationToken;
        Up.DeliverSample(target, "flights-3m.parquet");
        await Up.LoadedAsync(target, "flights-3m.parquet", TimeSpan.FromMinutes(3));

        var source = Path.Combine(RunningUp.Samples, "flights-3m.parquet");
        var columns = await ColumnsAsync(target, "flights_3m");
        Assert.Equal(["date", "delay", "distance", "origin", "destination"], columns.Select(c => c.Name));
        var expected = await DigestOfParquetAsync(source, columns, token);
        var row = RowText(columns, text => $"CAST(\"{text}\" AS VARCHAR)");
        var actual = target == "lake"
            ? await Up.LakeAsync($"SELECT {DuckDbDigest(row)} FROM flights_3m")
            : await Up.WarehouseAsync($"SELECT count(*)::text, sum(('x' || substr(md5({row}), 1, 15))::bit(60)::bigint)::text FROM flights_3m");
        Assert.Equal("3000000", expected[0]);
        Assert.Equal(expected, Assert.Single(actual));
    }

    private static async Task<string?[]> DigestOfParquetAsync(string file, IReadOnlyList<Column> columns, CancellationToken token)
    {
        await using var connection = new DuckDBConnection("Data Source=:memory:");
        await connection.OpenAsync(token);
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {DuckDbDigest(RowText(columns, c => $"CAST(\"{c}\" AS VARCHAR)"))} FROM read_parquet('{file}')";
        await using var reader = await command.ExecuteReaderAsync(token);
        Assert.True(await reader.ReadAsync(token));
        return [reader.GetString(0), reader.GetString(1)];
    }

    /// <summary>Count, and a sum over the hash of each row's text: the same whatever the order.</summary>
    private static string DuckDbDigest(string row) =>
        $"CAST(count(*) AS VARCHAR), CAST(sum(CAST(CAST('0x' || substr(md5({row}), 1, 15) AS BIGINT) AS HUGEINT)) AS VARCHAR)";

    private static string RowText(IEnumerable<Column> columns, Func<string, string> text) =>
        string.Join(" || '|' || ", columns.Select(c => $"coalesce({text(c.Name)}, '~')"));

    private async Task<List<Column>> ColumnsAsync(string target, string table) =>
    [
        .. (await Up.TargetAsync(
                target,
                $"SELECT column_name, data_type FROM information_schema.columns WHERE table_name = '{table}' AND table_schema IN ('public', 'main') ORDER BY ordinal_position"))
            .Select(row => new Column(row[0]!, row[1]!.Split('(')[0])),
    ];

    /// <summary>Numbers by their exact value, everything else by its text.</summary>
    private static string Row(IReadOnlyList<string?> values, IReadOnlyList<Column> columns) =>
        string.Join('|', values.Select((value, i) => Assert.IsType<string>(value) is var text && columns[i].IsNumber ? Exact(text) : text));

    private static string Exact(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? text : text.Remove(point, 1).TrimEnd('0');
        var scale = point < 0 ? 0 : digits.Length - point;
        var number = digits is "" or "-" ? BigInteger.Zero : BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        for (; scale < 0; scale++)
        {
            number *= 10;
        }

        return number.IsZero ? "0" : $"{number}e-{scale}";
    }

    private sealed record Column(string Name, string Type)
    {
        public bool IsNumber => Type is "numeric" or "bigint" or "DECIMAL" or "BIGINT";
    }
}

using System.IO.Compression;
using System.Text;
using DuckDB.NET.Data;
using ZstdSharp;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>The same three rows in every format and compression into both targets.</summary>
public sealed class FormatTests(SharedUp shared) : IClassFixture<SharedUp>
{
    private const string Delimited = "id,amount,note\n1,1.50,\"a \"\"b\"\"\"\n2,-0.25,\n3,12345678901234567890.01,\"x\ny\"\n";

    private const string JsonLines = """
        {"id":1,"amount":1.50,"note":"a \"b\""}
        {"id":2,"amount":-0.25}
        {"note":"x\ny","amount":12345678901234567890.01,"id":3}

        """;

    private RunningUp Up => shared.Up;

    public static TheoryData<string, string> Deliveries
    {
        get
        {
            var deliveries = new TheoryData<string, string>();
            foreach (var target in (string[])["warehouse", "lake"])
            {
                foreach (var file in (string[])["c.csv", "t.tsv", "j.jsonl", "p.parquet", "c.csv.gz", "j.jsonl.gz", "c.csv.zst", "j.jsonl.zst"])
                {
                    deliveries.Add(target, file);
                }
            }

            return deliveries;
        }
    }

    [Theory]
    [MemberData(nameof(Deliveries))]
    public async Task Every_format_and_compression_gives_the_same_exact_table(string target, string file)
    {
        var table = "f_" + file.Replace('.', '_');
        Up.Deliver(target, file, await ContentAsync(file), $$"""{ "table": "{{table}}" }""");
        await Up.LoadedAsync(target, file);

        Assert.Equal(
            [["1", "1.50", "a \"b\""], ["2", "-0.25", null], ["3", "12345678901234567890.01", "x\ny"]],
            await Up.TargetAsync(target, $"SELECT CAST(id AS VARCHAR), CAST(CAST(amount AS DECIMAL(30,2)) AS VARCHAR), note FROM {table} ORDER BY id"));
    }

    [Theory]
    [InlineData("warehouse")]
    [InlineData("lake")]
    public async Task Nested_values_are_kept_as_json(string target)
    {
        Up.Deliver(target, "nested.jsonl", """{"id":1,"tags":["a",{"b":2.50}]}""" + "\n");
        await Up.LoadedAsync(target, "nested.jsonl");
        var json = Assert.Single(await Up.TargetAsync(target, "SELECT CAST(tags AS VARCHAR) FROM nested"))[0];
        Assert.Equal("""["a",{"b":2.50}]""", json!.Replace(" ", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("warehouse")]
    [InlineData("lake")]
    public async Task A_header_alone_becomes_an_empty_table(string target)
    {
        Up.Deliver(target, "header.csv", "id,name\n");
        await Up.LoadedAsync(target, "header.csv");
        Assert.Equal([["0"]], await Up.TargetAsync(target, "SELECT CAST(count(*) AS VARCHAR) FROM header"));
    }

    private async Task<byte[]> ContentAsync(string file) => file switch
    {
        "p.parquet" => await ParquetAsync(),
        "t.tsv" => Encoding.UTF8.GetBytes(Delimited.Replace(',', '\t')),
        _ when file.EndsWith(".gz", StringComparison.Ordinal) => Gzip(Text(file)),
        _ when file.EndsWith(".zst", StringComparison.Ordinal) => Zstd(Text(file)),
        _ => Text(file),
    };

    private static byte[] Text(string file) => Encoding.UTF8.GetBytes(file.StartsWith('j') ? JsonLines : Delimited);

    private static byte[] Gzip(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private static byte[] Zstd(byte[] content)
    {
        using var compressor = new Compressor();
        return compressor.Wrap(content).ToArray();
    }

    private async Task<byte[]> ParquetAsync()
    {
        var path = Path.Combine(Up.Outside, $"{Path.GetRandomFileName()}.parquet");
        await using var duck = new DuckDBConnection("DataSource=:memory:");
        await duck.OpenAsync();
        await using var write = duck.CreateCommand();
        write.CommandText = $"""
            COPY (SELECT * FROM (VALUES (1, 1.50::DECIMAL(30,2), 'a "b"'), (2, -0.25, NULL), (3, 12345678901234567890.01, e'x\ny')) AS t (id, amount, note))
              TO '{path}' (FORMAT parquet)
            """;
        await write.ExecuteNonQueryAsync();
        return await File.ReadAllBytesAsync(path);
    }
}

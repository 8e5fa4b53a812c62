using System.IO.Compression;
using System.Text;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>One bad delivery and what its refusal must name.</summary>
/// <param name="Name">What is bad, and the test case's name.</param>
/// <param name="Dataset">The dataset's path in the inbox.</param>
/// <param name="Data">Null: no data file.</param>
/// <param name="Trigger">The trigger's content.</param>
/// <param name="Says">Parts of the error that a person needs: file, line, what was found.</param>
public sealed record BadInput(string Name, string Dataset, byte[]? Data, string Trigger, params string[] Says)
{
    /// <summary>A table that was there before must be there afterwards: the name it has in the warehouse.</summary>
    public string? Table { get; init; }

    public static IReadOnlyList<BadInput> All { get; } =
    [
        new("trigger without data", "absent.csv", null, "", "absent.csv"),
        new("empty data file", "empty.csv", [], "", "empty.csv", "empty") { Table = "empty" },
        Text("manifest that is no JSON", "nojson.csv", "id\n1\n", "{ \"table\": ", "JSON", "line 1"),
        Text("manifest that is a list", "list.csv", "id\n1\n", "[]", "JSON object"),
        Text("manifest with an unknown key", "key.csv", "id\n1\n", "{ \"tabel\": \"x\" }", "tabel", "table"),
        Text("unknown target", "target.csv", "id\n1\n", "{ \"target\": \"wherehouse\" }", "wherehouse", "warehouse"),
        Text("path out of the inbox", "dots.csv", "id\n1\n", "{ \"files\": [\"../lake/x.csv\"] }", "../lake/x.csv"),
        Text("absolute path", "absolute.csv", "id\n1\n", "{ \"files\": [\"/etc/passwd\"] }", "/etc/passwd", "absolute"),
        Text("ragged rows", "ragged.csv", "id,name\n1,one\n2,two,2\n3,three\n", "", "ragged.csv", "line 3") with { Table = "ragged" },
        new("wrong encoding", "encoding.csv", [.. "id,name\n1,"u8, 0xE4, 0x81, .. "\n"u8], "", "encoding.csv"),
        new("truncated gzip", "short.csv.gz", Gzip("id,name\n" + string.Concat(Enumerable.Range(0, 9000).Select(i => $"{i},name {i * 7919}\n")))[..9000], "", "short.csv.gz"),
        new("corrupt Parquet", "corrupt.parquet", [.. "PAR1"u8, .. new byte[300], .. "PAR1"u8], "", "corrupt.parquet"),
        Text("1,700 columns", "wide.csv", Wide(1700), "", "wide.csv", "1,700"),
        Text("schema that is not allowed", "schema.csv", "id\n1\n", "{ \"table\": \"secret.x\" }", "secret"),
        Text("reserved schema", "reserved.csv", "id\n1\n", "{ \"table\": \"etl_loader.receipts\" }", "etl_loader"),
        Text("table name of 200 characters", "long.csv", "id\n1\n", $"{{ \"table\": \"{new string('t', 200)}\" }}", "200"),
        Text("table of nobody", "stranger.csv", "id\n1\n", "", "stranger", "not made by") with { Table = "stranger" },
        Text("table of another dataset", "sub/owned.csv", "id\n1\n", "", "owned.csv") with { Table = "owned" },
    ];

    public override string ToString() => Name;

    private static BadInput Text(string name, string dataset, string data, string trigger, params string[] says) =>
        new(name, dataset, Encoding.UTF8.GetBytes(data), trigger, says);

    private static string Wide(int columns) =>
        string.Join(',', Enumerable.Range(1, columns).Select(i => $"c{i}")) + "\n" + string.Join(',', Enumerable.Range(1, columns)) + "\n";

    private static byte[] Gzip(string text)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.NoCompression, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return compressed.ToArray();
    }
}

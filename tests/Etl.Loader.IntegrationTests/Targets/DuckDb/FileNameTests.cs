using System.IO.Compression;
using System.Text;
using DuckDB.NET.Data;
using ZstdSharp;

namespace Etl.Loader.IntegrationTests.Targets.DuckDb;

/// <summary>DuckDB expands names as patterns and reads columns out of directories' names; none of that reaches a table.</summary>
public class FileNameTests
{
    private const string Csv = "id,note\n1,one\n2,two\n";
    private static readonly string[] Names = ["a[b]*?", "it's = ;\n\"x\"", "{a,b}"];

    public static TheoryData<string, string> Files => [.. Names.SelectMany(_ => new[] { ".csv", ".csv.gz", ".csv.zst", ".jsonl", ".jsonl.gz", ".parquet" }, (n, e) => (n, e))];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_file_of_any_name_and_format_is_read_and_no_other(string name, string extension)
    {
        await using var lake = await Lake.CreateAsync("la[k]e*");
        var directory = Directory.CreateDirectory(Path.Combine(lake.Directory, "year=2026")).FullName;
        Write(Path.Combine(directory, "ab12" + extension), extension, "id,note\n7,decoy\n");
        var path = Path.Combine(directory, name + extension);
        Write(path, extension, Csv);

        await lake.LoadFileAsync(path);

        Assert.Equal([["1", "one"], ["2", "two"]], lake.Query("SELECT * FROM orders ORDER BY id"));
        var natively = extension == ".parquet" ? "by parquet" : "by records";
        Assert.Contains(lake.Said.Lines, line => line.Contains(natively, StringComparison.Ordinal));
        Assert.DoesNotContain(
            Directory.EnumerateFileSystemEntries(lake.File + ".etl-loader", "*", SearchOption.AllDirectories), entry => new FileInfo(entry).LinkTarget is not null);
    }

    private static void Write(string path, string extension, string csv)
    {
        var text = extension.StartsWith(".json", StringComparison.Ordinal) ? Json(csv) : csv;
        var bytes = Encoding.UTF8.GetBytes(text);
        if (extension == ".parquet")
        {
            WriteParquet(path, csv);
        }
        else if (extension.EndsWith(".zst", StringComparison.Ordinal))
        {
            using var compressor = new Compressor();
            File.WriteAllBytes(path, compressor.Wrap(bytes).ToArray());
        }
        else if (extension.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
            gzip.Write(bytes);
        }
        else
        {
            File.WriteAllBytes(path, bytes);
        }
    }

    private static string Json(string csv) => string.Concat(
        csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')).Select(f => $"{{\"id\":{f[0]},\"note\":\"{f[1]}\"}}\n"));

    /// <summary>Under a plain name first, since DuckDB would take the other for a pattern.</summary>
    private static void WriteParquet(string path, string csv)
    {
        var plain = Path.Combine(Directory.GetParent(Path.GetDirectoryName(path)!)!.Parent!.FullName, Path.GetRandomFileName());
        File.WriteAllText(plain, csv);
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"COPY (SELECT * FROM read_csv('{plain}')) TO '{plain}.parquet' (FORMAT parquet)";
        command.ExecuteNonQuery();
        File.Move(plain + ".parquet", path);
        File.Delete(plain);
    }
}

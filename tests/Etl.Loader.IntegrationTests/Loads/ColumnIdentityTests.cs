using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Targets;
using Etl.Loader.Tests.Survey.Formats;

namespace Etl.Loader.IntegrationTests.Loads;

/// <summary>Columns whose names differ in case or signs keep their places from night to night, in each format and both targets.</summary>
public sealed class ColumnIdentityTests(PostgresServer server)
{
    [Theory]
    [InlineData(nameof(TargetKind.PostgreSql), "csv")]
    [InlineData(nameof(TargetKind.PostgreSql), "jsonl")]
    [InlineData(nameof(TargetKind.PostgreSql), "parquet")]
    [InlineData(nameof(TargetKind.DuckDb), "csv")]
    [InlineData(nameof(TargetKind.DuckDb), "jsonl")]
    [InlineData(nameof(TargetKind.DuckDb), "parquet")]
    public async Task Columns_of_one_name_never_exchange_their_values(string kind, string format)
    {
        await using var into = await LoadsIntoTarget.CreateAsync(kind, server);
        string[] sources = ["Net Amt", "net_amt", "NET-AMT", "qty"];
        for (var night = 0; night < 4; night++)
        {
            var order = sources.Skip(night).Concat(sources.Take(night)).ToArray();
            await into.Loads.LoadAsync($"t.{format}", Write(format, order), """{ "columns": { "drop": ["qty"] } }""");
            Assert.Equal([["1", "2", "3"]], await into.QueryAsync("SELECT net_amt, net_amt_2, net_amt_3 FROM t"));
        }

        byte[] Write(string format, string[] order)
        {
            var values = order.Select(s => Array.IndexOf(sources, s) + 1).ToArray();
            switch (format)
            {
                case "csv":
                    return System.Text.Encoding.UTF8.GetBytes($"{string.Join(',', order)}\n{string.Join(',', values)}\n");
                case "jsonl":
                    return System.Text.Encoding.UTF8.GetBytes($"{{{string.Join(',', order.Zip(values, (n, v) => $"\"{n}\":{v}"))}}}\n");
                default:
                    var directory = Directory.CreateTempSubdirectory("columns-");
                    var file = ParquetFile.Write(directory.FullName, $"SELECT {string.Join(", ", order.Zip(values, (n, v) => $"CAST({v} AS BIGINT) AS \"{n}\""))}");
                    var bytes = File.ReadAllBytes(file.Path);
                    directory.Delete(recursive: true);
                    return bytes;
            }
        }
    }
}

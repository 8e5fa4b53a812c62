using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Targets;
using Etl.Loader.Tests.Survey.Formats;

namespace Etl.Loader.IntegrationTests.Loads;

/// <summary>Both targets have the same values of the same file, row by row; or both refuse it.</summary>
public sealed class BothTargetsTests(PostgresServer server)
{
    /// <summary>Set to a directory with files of other people to have them loaded as well; what each gave is written to <c>results.tsv</c> among the temporary files.</summary>
    private const string Corpora = "ETL_LOADER_TEST_CORPORA";

    /// <summary>Larger samples are compared with their source, in each target, elsewhere.</summary>
    private const long LargestCompared = 8 << 20;

    /// <summary>Expressions of values at the edges of their types.</summary>
    private static readonly string[] Edges =
    [
        "CAST({0} AS TINYINT)", "CAST({0} AS UTINYINT)", "CAST({0} * 100 AS SMALLINT)", "CAST({0} * 100 AS USMALLINT)", "CAST({0} * 10000000 AS INTEGER)",
        "CAST(4294967295 - {0} AS UINTEGER)", "9223372036854775807 - {0}", "CAST(18446744073709551615 - {0} AS UBIGINT)", "CAST({0} AS DECIMAL(4,2)) / 100",
        "CAST({0} AS DECIMAL(9,3)) / 7", "CAST({0} AS DECIMAL(18,6)) / 7", "CAST('12345678901234567890.' || {0} AS DECIMAL(38,10))", "{0} / 3.0::FLOAT", "{0} / 7.0::DOUBLE",
        "DATE '0001-01-01' + {0}::INTEGER", "DATE '9999-12-31' - {0}::INTEGER", "TIME '23:59:59.999999' - INTERVAL ({0}) MICROSECOND", "TIMESTAMP '1969-12-31 23:59:59.999999' + INTERVAL ({0}) MICROSECOND",
        "TIMESTAMPTZ '2026-03-29 00:59:59+00' + INTERVAL ({0}) SECOND", "make_timestamp_ns({0} * 1000)", "make_timestamp_ns({0})", "uuid()", "encode('ü' || {0})",
        "'text ' || {0}", "{0} % 2 = 0", "[{0}, NULL, 1]", "{'a': {0}, 'b': 'x'}", "MAP {'k': {0}}", "NULL::INTEGER", "{'z': -0.0::DOUBLE}", "CAST('{\"a\":' || {0} || '}' AS JSON)", "INTERVAL ({0}) DAY",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Generated_parquet_gives_both_the_same_rows(int seed)
    {
        var random = new Random(seed);
        var directory = Directory.CreateTempSubdirectory("both-");
        await using var both = await PairAsync();
        for (var member = 0; member < 12; member++)
        {
            var picked = random.GetItems(Edges, random.Next(3, 9));
            var columns = picked.Select((edge, i) =>
                $"CASE WHEN i % {random.Next(2, 9)} = 1 THEN NULL ELSE {edge.Replace("{0}", "(i % 100)", StringComparison.Ordinal)} END AS c{i}");
            var file = ParquetFile.Write(
                directory.FullName,
                $"SELECT i AS id, {string.Join(", ", columns)} FROM range({random.Next(1, 3000)}) r(i)",
                random.Next(2) == 0 ? ", COMPRESSION zstd" : "");
            var (outcome, difference) = await both.CompareAsync($"t{member}.parquet", await File.ReadAllBytesAsync(file.Path, TestContext.Current.CancellationToken));
            Assert.True(difference is null, $"Seed {seed}, member {member}, {string.Join(" | ", picked)}: {difference}");
            Assert.True(outcome == "loaded", $"Seed {seed}, member {member}, {string.Join(" | ", picked)}: {outcome}");
        }

        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Samples_give_both_the_same_rows()
    {
        await using var both = await PairAsync();
        var samples = Directory.GetFiles(EndToEnd.RunningUp.Samples)
            .Where(f => Path.GetExtension(f) is not ".md" && new FileInfo(f).Length < LargestCompared).ToList();
        Assert.NotEmpty(samples);
        foreach (var sample in samples)
        {
            var (_, difference) = await both.CompareAsync(Path.GetFileName(sample), await File.ReadAllBytesAsync(sample, TestContext.Current.CancellationToken));
            Assert.True(difference is null, $"{sample}: {difference}");
        }
    }

    [Fact]
    public async Task Files_of_other_people_give_both_the_same_rows()
    {
        if (Environment.GetEnvironmentVariable(Corpora) is not { Length: > 0 } directory)
        {
            Assert.Skip($"{Corpora} names no directory.");
            return;
        }

        await using var both = await PairAsync();
        var faults = new List<string>();
        var results = new StringBuilder();
        var paths = Directory.GetFiles(directory, "*", SearchOption.AllDirectories).Where(f => Path.GetExtension(f) is ".parquet" or ".encrypted" or ".json");
        foreach (var path in paths.Order(StringComparer.Ordinal))
        {
            var content = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
            var isJson = path.EndsWith(".json", StringComparison.Ordinal);
            var name = Path.GetFileNameWithoutExtension(path).Replace('.', '_') + (isJson ? ".jsonl" : ".parquet");
            content = isJson ? [.. "{\"v\":"u8, .. content.Where(b => b is not ((byte)'\n' or (byte)'\r')), .. "}\n"u8] : content;
            var (outcome, difference) = await both.CompareAsync(name, content);
            results.Append(Path.GetRelativePath(directory, path)).Append('\t').Append(difference is null ? outcome : "DIFFERS " + difference).Append('\n');
            if (difference is not null)
            {
                faults.Add($"{path}: {difference}");
            }
        }

        await File.WriteAllTextAsync(Path.Combine(Path.GetTempPath(), "results.tsv"), results.ToString(), TestContext.Current.CancellationToken);
        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    private async Task<Pair> PairAsync() => new(
        await LoadsIntoTarget.CreateAsync(nameof(TargetKind.PostgreSql), server), await LoadsIntoTarget.CreateAsync(nameof(TargetKind.DuckDb), server));

    private sealed class Pair(LoadsIntoTarget one, LoadsIntoTarget other) : IAsyncDisposable
    {
        private int _tables;

        /// <summary>What became of the file in both, and how they differ; null: not at all.</summary>
        public async Task<(string Outcome, string? Difference)> CompareAsync(string name, byte[] content)
        {
            // Each into a table of its own.
            var table = $"t_{++_tables}";
            var trigger = $$"""{ "table": "{{table}}" }""";
            var (first, second) = (await LoadAsync(one, name, content, trigger), await LoadAsync(other, name, content, trigger));
            if (first is not null || second is not null)
            {
                var outcome = $"refused: {first ?? second}";
                return first is not null && second is not null ? (outcome, null) : (outcome, $"{(first is null ? "only DuckDB" : "only PostgreSQL")} refuses: {first ?? second}");
            }

            var (mine, others) = (await RowsAsync(one, table), await RowsAsync(other, table));
            if (mine.Count != others.Count)
            {
                return ("loaded", $"{mine.Count} and {others.Count} rows");
            }

            for (var row = 0; row < mine.Count; row++)
            {
                if (mine[row] != others[row])
                {
                    return ("loaded", $"row {row + 1}: {mine[row]} and {others[row]}");
                }
            }

            return ("loaded", null);
        }

        public async ValueTask DisposeAsync()
        {
            await one.DisposeAsync();
            await other.DisposeAsync();
        }

        private static async Task<string?> LoadAsync(LoadsIntoTarget into, string name, byte[] content, string trigger)
        {
            try
            {
                await into.Loads.LoadAsync(name, content, trigger);
                return null;
            }
            catch (LoaderException fault)
            {
                return $"{fault.Message} ({fault.Hint})";
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                return $"FAULT {into.Loads.Target.Classify(fault).Kind}: {fault.GetType().Name}: {fault.Message}";
            }
        }

        /// <summary>All rows in an order of their own, each value in one spelling of its type.</summary>
        private static async Task<List<string>> RowsAsync(LoadsIntoTarget into, string table)
        {
            var found = (await into.Loads.Target.FindTableAsync(new TableName(into.Loads.Target.DefaultSchema, table), TestContext.Current.CancellationToken))!;
            var duck = into.Loads.Target.DefaultSchema == "main";
            var values = found.Columns.Select(c => Spelled($"\"{c.Name}\"", c.DeclaredType.ToLowerInvariant(), duck));
            var rows = await into.QueryAsync($"SELECT {string.Join(", ", values)} FROM {into.Loads.Target.DefaultSchema}.{table}");
            return [.. rows.Select(r => string.Join('|', r.Select(Canonical))).Order(StringComparer.Ordinal)];
        }

        /// <summary>Doubles by their bits, JSON by its values: their texts are each database's own.</summary>
        private static string Canonical(string? value) => value switch
        {
            null => "∅",
            ['d', .. var number] => "d" + number.ToLowerInvariant() switch
            {
                "nan" or "-nan" => "nan",
                "inf" or "infinity" => "inf",
                "-inf" or "-infinity" => "-inf",
                var text => BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)).ToString("x", CultureInfo.InvariantCulture),
            },
            ['j', .. var json] => "j" + Json(JsonNode.Parse(json)),
            var other => other,
        };

        private static string Json(JsonNode? node) => node switch
        {
            null => "null",
            JsonObject map => "{" + string.Join(',', map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}:{Json(p.Value)}")) + "}",
            JsonArray list => "[" + string.Join(',', list.Select(Json)) + "]",
            _ when node.GetValueKind() == JsonValueKind.Number => Number(node.ToJsonString()),
            _ => node.ToJsonString(),
        };

        /// <summary>A number is its digits: jsonb writes exponents out.</summary>
        private static string Number(string text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
            ? exact.ToString("G29", CultureInfo.InvariantCulture)
            : double.Parse(text, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture);

        private static string Spelled(string column, string type, bool duck) => (type, duck) switch
        {
            ("timestamp with time zone", _) => duck ? $"'v' || epoch_us({column})" : $"'v' || CAST(extract(epoch FROM {column}) * 1000000 AS bigint)",
            ("double" or "double precision", _) => $"'d' || CAST({column} AS {(duck ? "VARCHAR" : "text")})",
            ("blob", true) => $"'v' || lower(hex({column}))",
            ("bytea", false) => $"'v' || encode({column}, 'hex')",
            ("json" or "jsonb", _) => $"'j' || CAST({column} AS {(duck ? "VARCHAR" : "text")})",
            // DuckDB leaves out the zero before the point where a decimal has no other digits there.
            (['d', 'e', 'c', 'i', 'm', 'a', 'l', ..], _) => $"'v' || regexp_replace(CAST({column} AS VARCHAR), '^(-?)\\.', '\\10.')",
            _ => $"'v' || CAST({column} AS {(duck ? "VARCHAR" : "text")})",
        };
    }
}

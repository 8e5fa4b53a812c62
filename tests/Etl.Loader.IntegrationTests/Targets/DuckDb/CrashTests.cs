using System.Globalization;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Targets.DuckDb;

public class CrashTests
{
    private const int Rows = 40_000;
    private static readonly (string, ColumnType)[] Columns = [("n", new(TypeKind.BigInt)), ("generation", new(TypeKind.BigInt))];

    /// <summary>Kills come at times of their own; the seed only spreads them over the load's way.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_loader_that_is_killed_leaves_the_last_published_table_whole(int seed)
    {
        await using var lake = Lake.Create();
        var random = new Random(seed);
        for (var kill = 0; kill < 3; kill++)
        {
            await using (var loader = await OtherProcess.LoadAsync(lake.Directory, Lake.Token))
            {
                await Task.Delay(random.Next(1, 400), Lake.Token);
                await loader.KillAsync();
            }

            var newest = lake.Query("SELECT rows_loaded, sequence FROM etl_loader.receipts ORDER BY sequence DESC LIMIT 1");
            var table = lake.Query("SELECT count(*), min(generation), max(generation), count(DISTINCT n) FROM orders");
            Assert.Equal([$"{Rows}", newest[0][1], newest[0][1], $"{Rows}"], table[0]);
            Assert.Equal([[newest[0][1]]], lake.Query("SELECT count(*) FROM etl_loader.receipts"));
        }
    }

    /// <summary>The other process: generation after generation into one table, each under the next sequence; ready after the first.</summary>
    internal static async Task LoadForEverAsync(string directory, Action ready)
    {
        await using var lake = Lake.Open(directory);
        await lake.TakeAsync();
        var generation = long.Parse(lake.Query("SELECT coalesce(max(sequence), 0) FROM etl_loader.receipts")[0][0]!, CultureInfo.InvariantCulture);
        while (true)
        {
            generation++;
            var value = generation.ToString(CultureInfo.InvariantCulture);
            var rows = Enumerable.Range(0, Rows).Select(i => new[] { i.ToString(CultureInfo.InvariantCulture), value }).ToArray();
            await lake.LoadAsync(lake.Csv(Columns, rows), sequence: generation);
            ready();
        }
    }
}

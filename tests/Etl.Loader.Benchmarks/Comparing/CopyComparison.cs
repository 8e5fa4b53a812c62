namespace Etl.Loader.Benchmarks.Comparing;

/// <summary>Our whole load of a CSV file, everything included, beside <c>psql \copy</c> of the same file into a ready table of the same cluster.</summary>
internal static class CopyComparison
{
    private const string Csv = "lineitem.csv";
    private const string Peer = @"`psql \copy`";

    private const string ReplicaSettings =
        """

        wal_level = replica
        max_wal_senders = 10

        """;

    public static IAsyncEnumerable<Result> OnPrivateClusterAsync(Settings settings, CancellationToken token) =>
        MeasureAsync("", [(2, 1.8), (1, 1.6)], settings, token);

    public static IAsyncEnumerable<Result> OnReplicaClusterAsync(Settings settings, CancellationToken token) =>
        MeasureAsync(ReplicaSettings, [(2, 1.8), (1, 1.25)], settings, token);

    private static async IAsyncEnumerable<Result> MeasureAsync(
        string clusterSettings,
        (int Streams, double Limit)[] cases,
        Settings settings,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
    {
        await using var up = await Up.StartAsync(token);
        await up.ConfigureClusterAsync(clusterSettings, token);
        var file = new LineitemFile(settings.Rows);
        var csv = up.InboxPath("warehouse", Csv);
        await file.WriteAsync(csv, token);
        FreeSpace.Require(csv, 4 * file.Length);
        foreach (var (streams, limit) in settings.Quick ? cases[..1] : cases)
        {
            await up.RestartAsync(new Dictionary<string, string> { ["Loader:Targets:warehouse:Streams"] = $"{streams}" }, token);
            if (!File.Exists(csv + ".loaded"))
            {
                await up.LoadAsync("warehouse", Csv, token);
                await CopyTable.CreateLikeOursAsync(up, token);
            }

            var level = (await up.PsqlAsync("$psql -c 'SHOW wal_level'", token)).Trim();
            var name = $"CSV into PostgreSQL, wal_level={level}, {streams} {(streams == 1 ? "stream" : "streams")}";
            var rounds = new List<Round>();
            for (var i = 0; i < settings.Repeat; i++)
            {
                rounds.Add(await RunAsync(up, csv, $"first_{streams}_{i}", token));
            }

            yield return Pairs($"{name}, reload", r => r.Warm, r => r.CopyWarm);
            yield return Pairs($"{name}, reload, file not in memory", r => r.Cold, r => r.CopyCold);
            yield return Pairs($"{name}, first load of the table", r => r.First, r => r.CopyWarm);

            await up.RestartAsync(
                new Dictionary<string, string>([StageWatch.Setting, new("Loader:Targets:warehouse:Streams", $"{streams}")]), token);
            await CopyTable.SettleAsync(up, token);
            var stages = await StageWatch.DescribeAsync(up, () => up.LoadAsync("warehouse", Csv, token), token);
            yield return new Remark($"{name}: where the time of one reload goes", stages);

            Comparison Pairs(string what, Func<Round, double> ours, Func<Round, double> theirs) =>
                new(what, [.. rounds.Select(ours)], Peer, [.. rounds.Select(theirs)], Limit.AtLeast(limit));
        }
    }

    private static async Task<Round> RunAsync(Up up, string csv, string newTable, CancellationToken token)
    {
        await CopyTable.SettleAsync(up, token);
        PageCache.Drop(csv);
        var cold = await up.LoadAsync("warehouse", Csv, token);
        PageCache.Drop(csv);
        var copyCold = await CopyTable.FillAsync(up, CopyTable.CopyFrom(csv), token);

        await PageCache.FillAsync(csv, token);
        await CopyTable.SettleAsync(up, token);
        var warm = await up.LoadAsync("warehouse", Csv, token);
        var copyWarm = await CopyTable.FillAsync(up, CopyTable.CopyFrom(csv), token);

        await CopyTable.SettleAsync(up, token);
        var first = await up.LoadAsync("warehouse", Csv, token, $$"""{ "table": "{{newTable}}" }""");
        await up.PsqlAsync($"$psql -c 'DROP TABLE public.{newTable}'", token);
        return new Round(warm, copyWarm, cold, copyCold, first);
    }

    /// <summary>Seconds of each way, run one after the other.</summary>
    private sealed record Round(double Warm, double CopyWarm, double Cold, double CopyCold, double First);
}

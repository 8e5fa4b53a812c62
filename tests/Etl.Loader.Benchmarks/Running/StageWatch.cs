using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Etl.Loader.Benchmarks.Running;

/// <summary>Looks at the ledger while a load runs, and adds up how long each stage was there.</summary>
internal static class StageWatch
{
    private const string NewestStage =
        "SELECT CASE WHEN finished_at IS NULL THEN stage ELSE 'telling' END FROM etl_loader.load WHERE sequence > $1 ORDER BY sequence DESC LIMIT 1";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    /// <summary>With it an <c>up</c> writes each stage soon after it began; otherwise once a second.</summary>
    public static KeyValuePair<string, string> Setting { get; } = new("Loader:Loads:ProgressInterval", "00:00:00.02");

    /// <summary>"surveying 1.9 s, staging 7.9 s, …" of one load, each to about 0.05 s.</summary>
    public static async Task<string> DescribeAsync(Up up, Func<Task<double>> begin, CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(up.Ready.Queue);
        await connection.OpenAsync(token);
        await using var before = new NpgsqlCommand("SELECT coalesce(max(sequence), 0) FROM etl_loader.load", connection);
        await using var command = new NpgsqlCommand(NewestStage, connection) { Parameters = { new() { Value = await before.ExecuteScalarAsync(token) } } };
        await command.PrepareAsync(token);

        var stages = new Dictionary<string, double>();
        var last = Stopwatch.GetTimestamp();
        var load = begin();
        while (!load.IsCompleted)
        {
            var stage = (string?)await command.ExecuteScalarAsync(token) ?? "accepting";
            await Task.WhenAny(load, Task.Delay(Look, token));
            var now = Stopwatch.GetTimestamp();
            stages[stage] = stages.GetValueOrDefault(stage) + Stopwatch.GetElapsedTime(last, now).TotalSeconds;
            last = now;
        }

        await load;
        return string.Join(", ", stages.Where(s => s.Value >= 0.005).Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Key} {s.Value:0.00} s")));
    }
}

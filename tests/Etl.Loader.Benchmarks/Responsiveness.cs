using System.Diagnostics;
using System.Globalization;

namespace Etl.Loader.Benchmarks;

/// <summary>How soon things begin, and what waiting costs.</summary>
internal static class Responsiveness
{
    private const int Triggers = 100;
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<Figure>> StartAsync(Settings settings, CancellationToken token)
    {
        var began = Stopwatch.GetTimestamp();
        await using var up = await Up.StartAsync(token);
        var first = Stopwatch.GetElapsedTime(began);
        var times = new List<double>();
        for (var i = 0; i < settings.Repeat; i++)
        {
            await up.StopAsync();
            began = Stopwatch.GetTimestamp();
            await up.StartAgainAsync(token);
            times.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        return
        [
            new("`up` to ready in a new home, initdb included", Seconds(first.TotalSeconds), "≤ 10 s"),
            new("`up` to ready in a home that exists", Seconds(Statistics.Median(times)), "≤ 10 s"),
        ];
    }

    public static async Task<IReadOnlyList<Figure>> LatencyAsync(Settings settings, CancellationToken token)
    {
        await using var up = await Up.StartAsync(token);
        var toStart = new List<double>();
        var toOutcome = new List<double>();
        for (var i = 0; i < Triggers; i++)
        {
            var file = $"latency-{i:000}.csv";
            await File.WriteAllTextAsync(up.InboxPath("warehouse", file), "id,name\n1,one\n", token);
            var triggered = TimeProvider.System.GetUtcNow();
            toOutcome.Add(1000 * await up.LoadAsync("warehouse", file, token));
            var started = await up.QueueNumbersAsync(
                $"SELECT extract(epoch FROM started_at)::float8 FROM etl_loader.load_status WHERE dataset = '{file}'", token);
            toStart.Add((started[0] * 1000) - (triggered - DateTimeOffset.UnixEpoch).TotalMilliseconds);
        }

        var fromAccept = await up.QueueNumbersAsync(
            "SELECT extract(epoch FROM started_at - accepted_at)::float8 * 1000 FROM etl_loader.load_status WHERE dataset LIKE 'latency-%'", token);
        return
        [
            new("trigger to job start, median", Milliseconds(Statistics.Median(toStart)), "≤ 50 ms"),
            new("trigger to job start, 99th percentile", Milliseconds(Statistics.Percentile(toStart, 0.99)), "≤ 250 ms"),
            new("acceptance to job start, median", Milliseconds(Statistics.Median(fromAccept))),
            new("trigger to `.loaded` of a two-line file, median", Milliseconds(Statistics.Median(toOutcome))),
        ];
    }

    public static async Task<IReadOnlyList<Figure>> IdleAsync(Settings settings, CancellationToken token)
    {
        await using var up = await Up.StartAsync(token);
        await Task.Delay(Settling, token);
        var before = ProcessFigures.ProcessorSeconds(up.Ready.ProcessId);
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(IdleTime, token);
        var share = (ProcessFigures.ProcessorSeconds(up.Ready.ProcessId) - before) / Stopwatch.GetElapsedTime(began).TotalSeconds;
        return
        [
            new("processor use of the idle `up`, both lanes, 60 s", string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} % of a core"), "≤ 2 %"),
            new("resident memory of the idle `up`", string.Create(CultureInfo.InvariantCulture, $"{ProcessFigures.ResidentMegabytes(up.Ready.ProcessId):0} MB"), "≤ 200 MB"),
        ];
    }

    private static string Seconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} s");

    private static string Milliseconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0} ms");
}

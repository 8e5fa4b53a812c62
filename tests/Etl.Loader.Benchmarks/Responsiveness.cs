using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Etl.Loader.Benchmarks;

/// <summary>How soon things begin, and what waiting costs.</summary>
internal static class Responsiveness
{
    public static async IAsyncEnumerable<Result> StartAsync(Settings settings, [EnumeratorCancellation] CancellationToken token)
    {
        var began = Stopwatch.GetTimestamp();
        await using var up = await Up.StartAsync(token);
        yield return new Figure("`up` to ready in a new home, initdb included", Stopwatch.GetElapsedTime(began).TotalSeconds, "0.0 's'", Limit.AtMost(10));
        var times = new List<double>();
        for (var i = 0; i < settings.Repeat; i++)
        {
            await up.StopAsync();
            began = Stopwatch.GetTimestamp();
            await up.StartAgainAsync(token);
            times.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        yield return new Figure("`up` to ready in a home that exists", times, "0.0 's'", Limit.AtMost(10));
    }

    public static async IAsyncEnumerable<Result> LatencyAsync(Settings settings, [EnumeratorCancellation] CancellationToken token)
    {
        await using var up = await Up.StartAsync(token);
        var toStart = new List<double>();
        var toOutcome = new List<double>();
        var triggers = settings.Quick ? 10 : 100;
        for (var i = 0; i < triggers; i++)
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
        yield return new Figure($"trigger to job start, {triggers} triggers one by one", toStart, "0 'ms'", Limit.AtMost(50));
        yield return new Figure("trigger to job start, 99th percentile", Statistics.Percentile(toStart, 0.99), "0 'ms'", Limit.AtMost(250));
        yield return new Figure("acceptance to job start", fromAccept, "0 'ms'");
        yield return new Figure("trigger to `.loaded` of a two-line file", toOutcome, "0 'ms'");
    }

    public static async IAsyncEnumerable<Result> IdleAsync(Settings settings, [EnumeratorCancellation] CancellationToken token)
    {
        var (settling, idle) = settings.Quick ? (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)) : (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60));
        await using var up = await Up.StartAsync(token);
        await Task.Delay(settling, token);
        var before = ProcessFigures.ProcessorSeconds(up.Ready.ProcessId);
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(idle, token);
        var share = (ProcessFigures.ProcessorSeconds(up.Ready.ProcessId) - before) / Stopwatch.GetElapsedTime(began).TotalSeconds;
        yield return new Figure($"processor use of the idle `up`, both lanes, {idle.TotalSeconds} s", share * 100, "0.0 '% of a core'", Limit.AtMost(2));
        yield return new Figure("resident memory of the idle `up`", ProcessFigures.ResidentMegabytes(up.Ready.ProcessId), "0 'MB'", Limit.AtMost(200));
    }
}

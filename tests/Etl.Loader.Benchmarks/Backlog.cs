using System.Diagnostics;
using System.Runtime.CompilerServices;
using Etl.Loader.IntegrationTests.EndToEnd;

namespace Etl.Loader.Benchmarks;

/// <summary>A hundred thousand triggers that are there at once: how soon they are accepted, in what order, and what that takes.</summary>
internal static class Backlog
{
    private const string Accepted = "SELECT count(*)::float8 FROM etl_loader.load";

    public static async IAsyncEnumerable<Result> MeasureAsync(Settings settings, [EnumeratorCancellation] CancellationToken token)
    {
        var count = settings.Quick ? 500 : 100_000;
        await using var up = await Up.StartAsync(token);
        await up.StopAsync();
        var inbox = up.InboxPath("warehouse", "");
        var names = Enumerable.Range(0, count).Select(i => $"backlog-{i:000000}.csv").ToArray();
        var byTime = Drop(inbox, names);
        var began = Stopwatch.GetTimestamp();
        await up.StartAgainAsync(token);
        await Deadline.WaitAsync(
            async () => (await up.QueueNumbersAsync(Accepted, token))[0] >= count ? "all" : null,
            () => $"not all of {count} triggers were accepted",
            TimeSpan.FromMinutes(30),
            token);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var first = await Deadline.WaitAsync(() => FirstStartAsync(up, token), () => "no load has started", token: token);
        yield return new Figure($"{count} triggers at once, from the start of `up` until all are accepted", count / seconds, "0 'loads/s'", Limit.AtLeast(500));
        yield return new Figure("from the first acceptance until the first load starts", first[0], "0.0 's'");
        yield return new Figure("most memory that `up` (watcher and lanes) had resident", ProcessFigures.PeakMegabytes(up.Ready.ProcessId), "0 'MB'", Limit.AtMost(250));
        yield return new Remark("order of acceptance", await InOrderAsync(up, byTime, token) ? "by the triggers' time, then by path" : "NOT by the triggers' time and path");
    }

    private static async Task<List<double>?> FirstStartAsync(Up up, CancellationToken token)
    {
        var seconds = await up.QueueNumbersAsync(
            "SELECT extract(epoch FROM min(started_at) - min(accepted_at))::float8 FROM etl_loader.load HAVING min(started_at) IS NOT NULL", token);
        return seconds.Count > 0 ? seconds : null;
    }

    /// <summary>In an order that is neither that of the names nor that of their making; several share a second. Returns the names as they are to be loaded.</summary>
    private static List<string> Drop(string inbox, string[] names)
    {
        var random = new Random(1);
        var dropped = DateTime.UnixEpoch.AddDays(20_000);
        var times = names.ToDictionary(n => n, _ => dropped.AddSeconds(random.Next(names.Length / 10)));
        foreach (var name in names)
        {
            var trigger = Path.Combine(inbox, name + ".trigger");
            File.WriteAllText(Path.Combine(inbox, name), "id,name\n1,one\n");
            File.WriteAllText(trigger, "");
            File.SetLastWriteTimeUtc(trigger, times[name]);
        }

        return [.. names.OrderBy(n => times[n]).ThenBy(n => n, StringComparer.Ordinal)];
    }

    private static async Task<bool> InOrderAsync(Up up, List<string> wanted, CancellationToken token)
    {
        var place = await up.QueueNumbersAsync("SELECT substring(dataset FROM '\\d+')::float8 FROM etl_loader.load ORDER BY sequence", token);
        return place.Select(p => $"backlog-{(int)p:000000}.csv").SequenceEqual(wanted);
    }
}

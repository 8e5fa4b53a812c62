using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Etl.Loader.Benchmarks;

/// <summary>The dashboard over a ledger of a million loads: how soon a page is there, and what open pages cost.</summary>
internal static partial class Pages
{
    private const int Tabs = 10;

    /// <summary>Longer than anything that pages share is kept.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(5.5);

    public static async IAsyncEnumerable<Result> MeasureAsync(Settings settings, [EnumeratorCancellation] CancellationToken token)
    {
        var loads = settings.Quick ? 20_000 : 1_000_000;
        await using var up = await Up.StartAsync(token);
        await FilledLedger.FillAsync(up.Ready.Queue, loads, token);
        using var client = new HttpClient { BaseAddress = up.Ready.Dashboard };
        await client.GetStringAsync(new Uri("/hangfire/loads", UriKind.Relative), token);
        var among = $"{loads:#,0} loads, {loads / 100:#,0} waiting, {loads / 10:#,0} failed";
        yield return new Figure($"first page, {among}", await TimesAsync(client, "/hangfire/loads", settings, token), "0 'ms'", Limit.AtMost(200));
        foreach (var filter in (string[])
            ["status:failed", "status:failed table:orders_7*", "file:*-99*.csv", "file:*nothing*", "status:failed file:*nothing*", "table:none since:300d", "target:archive since:2d", "inbox:none"])
        {
            var times = new List<double>();
            for (var i = 0; i < settings.Repeat; i++)
            {
                // Another text each time, so that it is read each time.
                times.Add(await TimeAsync(client, $"/hangfire/loads?q={Uri.EscapeDataString($"{filter} {(filter.Contains("since", StringComparison.Ordinal) ? "" : $"since:{400 + i}d")}")}", token));
            }

            yield return new Figure($"filter `{filter}`", times, "0 'ms'", Limit.AtMost(300));
        }

        yield return new Figure("preview of a requeue of all failed loads", await TimeAsync(client, "/hangfire/loads/bulk?action=requeue&q=", token), "0 'ms'");
        yield return new Figure("`/metrics`", await TimesAsync(client, "/metrics", settings, token), "0 'ms'", Limit.AtMost(50));
        yield return await TabsAsync(up, settings, token);
        yield return await SlowingAsync(up, settings, token);
    }

    /// <summary>As the page's script asks: with the marks of what is shown, as often as the answer says.</summary>
    private static async Task<Result> TabsAsync(Up up, Settings settings, CancellationToken token)
    {
        var length = settings.Quick ? TimeSpan.FromSeconds(3) : TimeSpan.FromSeconds(30);
        await Task.Delay(Forgotten, token);
        var idle = await ProcessorShareAsync(up, length, token);
        var open = await WithTabsAsync(up, () => ProcessorShareAsync(up, length, token), token);
        return new Figure($"{Tabs} open tabs of the first page while a load runs, loader's process", (open - idle) * 100, "0.0 '% of a core'", Limit.AtMost(5));
    }

    /// <summary>In turn, the same load with and without the tabs.</summary>
    private static async Task<Result> SlowingAsync(Up up, Settings settings, CancellationToken token)
    {
        const string File = "lineitem.csv";
        await new LineitemFile(settings.Rows).WriteAsync(up.InboxPath("warehouse", File), token);
        await up.LoadAsync("warehouse", File, token);
        var (alone, beside) = (new List<double>(), new List<double>());
        for (var i = 0; i < settings.Repeat; i++)
        {
            alone.Add(await up.LoadAsync("warehouse", File, token));
            beside.Add(await WithTabsAsync(up, () => up.LoadAsync("warehouse", File, token), token));
        }

        return new Comparison($"a load of {settings.Rows:#,0} rows into PostgreSQL beside {Tabs} open tabs", beside, "without", alone, Limit.AtLeast(0.98));
    }

    private static async Task<double> WithTabsAsync(Up up, Func<Task<double>> measure, CancellationToken token)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        var tabs = Enumerable.Range(0, Tabs).Select(_ => TabAsync(up.Ready.Dashboard, stop.Token)).ToArray();
        await Task.Delay(Forgotten, token);
        var measured = await measure();
        await stop.CancelAsync();
        await Task.WhenAll(tabs);
        return measured;
    }

    private static async Task<double> ProcessorShareAsync(Up up, TimeSpan length, CancellationToken token)
    {
        var before = ProcessFigures.ProcessorSeconds(up.Ready.ProcessId);
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(length, token);
        return (ProcessFigures.ProcessorSeconds(up.Ready.ProcessId) - before) / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task TabAsync(Uri dashboard, CancellationToken token)
    {
        try
        {
            using var client = new HttpClient { BaseAddress = dashboard };
            var marks = new Dictionary<string, string>(StringComparer.Ordinal);
            Keep(await client.GetStringAsync(new Uri("/hangfire/loads", UriKind.Relative), token));
            while (true)
            {
                var have = string.Join(',', marks.Select(mark => $"{mark.Key}.{mark.Value}"));
                using var answer = await client.GetAsync(new Uri($"/hangfire/loads?live=1&have={have}", UriKind.Relative), token);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    Keep(await answer.Content.ReadAsStringAsync(token));
                }

                var wait = int.Parse(answer.Headers.GetValues("Etl-Refresh").Single(), System.Globalization.CultureInfo.InvariantCulture);
                await Task.Delay(wait, token);
            }

            void Keep(string html)
            {
                foreach (Match part in Part().Matches(html))
                {
                    marks[part.Groups[1].Value] = part.Groups[2].Value;
                }
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // The tab is closed.
        }
    }

    /// <summary>Each after what was read for the one before is forgotten.</summary>
    private static async Task<IReadOnlyList<double>> TimesAsync(HttpClient client, string path, Settings settings, CancellationToken token)
    {
        var times = new List<double>();
        for (var i = 0; i < settings.Repeat; i++)
        {
            await Task.Delay(settings.Quick ? TimeSpan.Zero : Forgotten, token);
            times.Add(await TimeAsync(client, path, token));
        }

        return times;
    }

    private static async Task<double> TimeAsync(HttpClient client, string path, CancellationToken token)
    {
        var began = Stopwatch.GetTimestamp();
        await client.GetStringAsync(new Uri(path, UriKind.Relative), token);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    [GeneratedRegex("data-part=\"(\\w+)\" data-mark=\"(\\w+)\"")]
    private static partial Regex Part();
}

using System.Net;
using Etl.Loader.IntegrationTests.EndToEnd;

namespace Etl.Loader.IntegrationTests.Telemetry;

/// <summary>What Prometheus gets from a running <c>up</c>.</summary>
public sealed class MetricsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_load_through_the_real_server_is_in_the_metrics_on_both_ports_and_only_metrics_are_on_their_own()
    {
        var port = FreePort.Find();
        await using var up = await RunningUp.StartAsync("--set", $"Loader:Telemetry:Metrics:Port={port}");
        using var client = new HttpClient();
        up.Deliver("warehouse", "orders.csv", "id\n1\n2\n");
        await up.LoadedAsync("warehouse", "orders.csv");

        var own = new Uri($"http://127.0.0.1:{port}/metrics");
        var text = "";
        await Deadline.WaitAsync(
            async () => (text = await client.GetStringAsync(own, Token)).Contains("etl_loader_figures_age", StringComparison.Ordinal)
                && text.Contains("etl_loader_attempts", StringComparison.Ordinal) ? text : null,
            () => $"The metrics lack the gauges or the attempts:\n{text}",
            token: Token);
        Assert.Equal(2, Value(text, "etl_loader_rows_total", "result=\"loaded\"", "target=\"warehouse\""));
        Assert.Equal(1, Value(text, "etl_loader_attempts_total", "outcome=\"loaded\"", "target=\"warehouse\""));
        Assert.Equal(1, Value(text, "etl_loader_loads_accepted_total", "inbox=\"warehouse\"", "result=\"accepted\""));
        Assert.Equal(1, Value(text, "etl_loader_load_duration_seconds_count", "outcome=\"loaded\""));
        Assert.Equal(7, Value(text, "etl_loader_data_bytes_total", "target=\"warehouse\""));
        Assert.Equal(1, Value(text, "etl_loader_lane_held", "target=\"lake\""));
        Assert.Equal(0, Value(text, "etl_loader_queue_size_bytes", "target=\"warehouse\""));
        Assert.Equal(1, Value(text, "etl_loader_inbox_watchers", "inbox=\"lake\""));

        using var foreign = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/hangfire/loads"), Token);
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        var main = new Uri(up.Ready.Dashboard, "/metrics");
        Assert.Contains("etl_loader_rows_total", await client.GetStringAsync(main, Token), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, main);
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        using var forwarded = await client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.Forbidden, forwarded.StatusCode);
    }

    /// <summary>The value of the one line of this name with these labels.</summary>
    private static double Value(string text, string name, params string[] labels)
    {
        var lines = text.Split('\n').Where(l => l.StartsWith(name + "{", StringComparison.Ordinal) && labels.All(l.Contains)).ToArray();
        Assert.True(lines.Length == 1, $"There are {lines.Length} lines {name} {string.Join(' ', labels)} in:\n{text}");
        return double.Parse(lines[0][(lines[0].LastIndexOf('}') + 1)..].Trim().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}

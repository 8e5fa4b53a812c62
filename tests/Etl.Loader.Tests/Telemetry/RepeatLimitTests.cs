using Etl.Loader.App.Homes;
using Etl.Loader.Dashboard;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Etl.Loader.Tests.Telemetry;

/// <summary>Messages that repeat while something lasts: at once, then at most once a minute with the number of those left out; by each of those that repeat.</summary>
public sealed class RepeatLimitTests : ILogger<OutageHandler>, IProblemDetailsService
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _said = [];

    [Fact]
    public void The_first_is_logged_at_once_and_then_one_a_minute_with_the_number_of_those_left_out()
    {
        var repeats = new RepeatLimit(_time);
        var logged = new List<string>();
        for (var second = 0; second < 150; second++)
        {
            if (repeats.Allows("disk", out var leftOut))
            {
                logged.Add($"{second}{leftOut}");
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["0", "60 (59 more of these since the last)", "120 (59 more of these since the last)"], logged);
        Assert.True(repeats.Allows("another", out _));
    }

    [Fact]
    public void Things_without_end_take_no_memory_without_end()
    {
        var repeats = new RepeatLimit(_time);
        Assert.All(Enumerable.Range(0, 5000), i => Assert.True(repeats.Allows($"{i}", out _)));
        Assert.True(repeats.Allows("0", out _));
        Assert.False(repeats.Allows("0", out _));
    }

    [Fact]
    public void A_lane_that_flaps_during_a_full_disk_says_each_reason_once_a_minute()
    {
        var reports = new LaneReports("warehouse", null!, _time, this);
        for (var quarter = 0; quarter < 4 * 120; quarter++)
        {
            // The server restarts, refuses another file each time, and lets the lane in between.
            reports.ReportWait((quarter % 3) switch
            {
                0 => $"could not extend file \"base/16384/{quarter}\": No space left on device",
                1 => "the database system is starting up",
                _ => null,
            });
            _time.Advance(TimeSpan.FromMilliseconds(250));
        }

        Assert.Equal(4, _said.Count);
        Assert.All(_said, line => Assert.StartsWith("1202 Lane warehouse waits: ", line, StringComparison.Ordinal));
        Assert.All(_said[..2], line => Assert.DoesNotContain("since the last", line, StringComparison.Ordinal));
        Assert.All(_said[2..], line => Assert.EndsWith("(79 more of these since the last)", line, StringComparison.Ordinal));

        reports.ReportLocally("the schema is of a newer version", passes: false);
        Assert.StartsWith("1221 ", _said[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_during_an_outage_are_logged_once_a_minute_for_each_kind_of_failure()
    {
        var handler = new OutageHandler(this, _time, this);
        for (var request = 0; request < 200; request++)
        {
            Assert.True(await handler.TryHandleAsync(new DefaultHttpContext(), new TimeoutException("no answer"), TestContext.Current.CancellationToken));
            _time.Advance(TimeSpan.FromMilliseconds(500));
        }

        Assert.True(await handler.TryHandleAsync(new DefaultHttpContext(), new IOException("full", 28), TestContext.Current.CancellationToken));
        Assert.Equal(3, _said.Count);
        Assert.All(_said, line => Assert.StartsWith("1806 ", line, StringComparison.Ordinal));
        Assert.EndsWith("no answer (119 more of these since the last)", _said[1], StringComparison.Ordinal);
        Assert.EndsWith("full", _said[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_private_PostgreSQL_that_does_not_start_is_reported_once_a_minute_and_when_it_runs_again()
    {
        var reports = new RestartReports(_said.Add, _time);
        for (var second = 0; second < 100; second += 2)
        {
            reports.Died();
            reports.Failed(new LoaderException($"It did not start: 03:00:{second:00} disk full.", "Free space."));
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        reports.Runs();
        reports.Runs();
        Assert.Equal(
            [
                "PostgreSQL stopped unexpectedly; restarting it", "It did not start: 03:00:00 disk full. Free space.",
                "PostgreSQL stopped unexpectedly; restarting it (29 more of these since the last)", "It did not start: 03:00:60 disk full. Free space. (29 more of these since the last)",
                "PostgreSQL is running again",
            ],
            _said);
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _said.Add($"{eventId.Id} {formatter(state, exception)}");

    ValueTask IProblemDetailsService.WriteAsync(ProblemDetailsContext context) => ValueTask.CompletedTask;

    ValueTask<bool> IProblemDetailsService.TryWriteAsync(ProblemDetailsContext context) => ValueTask.FromResult(true);
}

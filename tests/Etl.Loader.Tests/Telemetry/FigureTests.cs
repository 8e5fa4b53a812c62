using Etl.Loader.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Etl.Loader.Tests.Telemetry;

/// <summary>The gauges: the last figures known, never the database itself.</summary>
public sealed class FigureTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeFigures _figures = new();
    private readonly Listening _heard = new();
    private readonly FigureReading _reading;
    private readonly FigureGauges _gauges;

    public FigureTests()
    {
        _reading = new FigureReading(_figures, _ => Task.FromResult(2), _time, NullLogger<FigureReading>.Instance);
        _gauges = new FigureGauges(_reading);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _gauges.Dispose();
        _reading.Dispose();
        _heard.Dispose();
    }

    [Fact]
    public async Task Nothing_is_asked_while_no_one_looks()
    {
        Assert.False(await _reading.RunOnceAsync(Token));
        _heard.Observe();
        Assert.True(await _reading.RunOnceAsync(Token));
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.False(await _reading.RunOnceAsync(Token));
    }

    [Fact]
    public async Task Each_gauge_shows_what_was_read_last()
    {
        await ReadAsync();
        await ReadAsync(after: TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(3));

        _heard.Observe();

        Assert.Equal(14, Last("etl_loader.queue.loads", _figures.Lane));
        Assert.Equal(3_200, Last("etl_loader.queue.size", _figures.Lane));
        Assert.Equal(90, Last("etl_loader.queue.oldest_age", _figures.Lane));
        Assert.Equal(1, Last("etl_loader.lane.held", _figures.Lane));
        Assert.Equal(0, Last("etl_loader.lane.paused", _figures.Lane));
        Assert.Equal(1, Last("etl_loader.lane.waiting", _figures.Lane));
        Assert.Equal(30, Last("etl_loader.lane.standstill", _figures.Lane));
        Assert.Equal(2, Last("etl_loader.inbox.watchers", _figures.Lane));
        Assert.Equal(4, Last("etl_loader.inbox.silence", _figures.Lane));
        Assert.Equal(7, Last("etl_loader.inbox.lag", _figures.Lane));
        Assert.Equal(5, Last("etl_loader.notifications.waiting", _figures.Lane));
        Assert.Contains(2, _heard.Of("etl_loader.tables.late"));
        Assert.Contains(3, _heard.Of("etl_loader.figures.age"));
    }

    [Fact]
    public async Task While_the_database_is_away_the_figures_stay_and_their_age_shows()
    {
        await ReadAsync();
        _figures.Fault = new InvalidOperationException("away");
        _time.Advance(TimeSpan.FromSeconds(77));
        _heard.Observe();

        Assert.False(await _reading.RunOnceAsync(Token));

        _heard.Observe();
        Assert.Equal(14, Last("etl_loader.queue.loads", _figures.Lane));
        Assert.Contains(77, _heard.Of("etl_loader.figures.age"));
    }

    [Theory]
    [InlineData(1, false, "a", 60)]
    [InlineData(0, false, "a", 0)]
    [InlineData(1, true, "a", 0)]
    [InlineData(1, false, "b", 0)]
    public void A_lane_stands_still_while_it_could_get_on_and_does_not(long due, bool paused, string progress, double seconds)
    {
        var lanes = new LaneProgress(_time);
        var before = new LaneFigures("lake", false, false, false, 1, 1, TimeSpan.Zero, 1, "a");
        lanes.StandsFor(before);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(seconds, lanes.StandsFor(before with { Due = due, Paused = paused, Progress = progress }).TotalSeconds);
    }

    private double Last(string instrument, string name) => _heard.Of(instrument, name)[^1];

    private async Task ReadAsync(TimeSpan after = default)
    {
        _time.Advance(after);
        _heard.Observe();
        Assert.True(await _reading.RunOnceAsync(Token));
    }

    private sealed class FakeFigures : IReadFigures
    {
        /// <summary>No other test's.</summary>
        public string Lane { get; } = $"t{Random.Shared.NextInt64():x}";

        public Exception? Fault { get; set; }

        public Task<Figures> ReadAsync(CancellationToken token) => Fault is null
            ? Task.FromResult(new Figures(
                [new LaneFigures(Lane, true, false, true, 14, 3_200, TimeSpan.FromSeconds(90), 15, "7")],
                [new InboxFigures(Lane, 2, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(7))],
                [new WebhookFigures(Lane, 5)]))
            : throw Fault;
    }
}

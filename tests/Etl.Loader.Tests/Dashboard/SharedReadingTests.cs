using Etl.Loader.Dashboard.Pages;
using Microsoft.Extensions.Time.Testing;

namespace Etl.Loader.Tests.Dashboard;

public class SharedReadingTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SharedReading<string, int> _shared;
    private int _read;

    public SharedReadingTests() => _shared = new(TimeSpan.FromSeconds(2), _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_tabs_cost_one_reading_and_the_next_one_comes_in_time()
    {
        var gate = new TaskCompletionSource<int>();
        var asked = Enumerable.Range(0, 10).Select(_ => _shared.GetAsync("a", _ => Count(gate.Task), Token)).ToArray();
        gate.SetResult(7);
        Assert.All(await Task.WhenAll(asked), value => Assert.Equal(7, value));
        Assert.Equal(1, _read);

        await _shared.GetAsync("b", _ => Count(gate.Task), Token);
        _time.Advance(TimeSpan.FromSeconds(3));
        await _shared.GetAsync("a", _ => Count(gate.Task), Token);
        Assert.Equal(3, _read);
    }

    [Fact]
    public async Task A_reading_that_failed_is_not_kept()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => _shared.GetAsync("a", _ => Task.FromException<int>(new TimeoutException()), Token));
        Assert.Equal(5, await _shared.GetAsync("a", _ => Task.FromResult(5), Token));
    }

    [Fact]
    public async Task What_was_done_shows_at_the_next_look()
    {
        await _shared.GetAsync("a", _ => Task.FromResult(1), Token);
        _shared.Forget();
        Assert.Equal(2, await _shared.GetAsync("a", _ => Task.FromResult(2), Token));
    }

    private async Task<int> Count(Task<int> answer)
    {
        _read++;
        return await answer;
    }
}

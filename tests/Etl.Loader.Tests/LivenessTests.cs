using Microsoft.Extensions.Time.Testing;

namespace Etl.Loader.Tests;

public class LivenessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly FakeTimeProvider _time = new();
    private readonly Liveness _liveness;

    public LivenessTests() => _liveness = new Liveness(_time);

    [Fact]
    public void A_process_without_loops_lives() => Assert.Null(_liveness.Stuck());

    [Fact]
    public void A_loop_that_does_not_turn_is_named()
    {
        var lane = _liveness.Begin("lane", "warehouse", Patience);
        _time.Advance(Patience + TimeSpan.FromSeconds(1));
        Assert.Contains("lane warehouse", _liveness.Stuck(), StringComparison.Ordinal);

        lane.Turn();
        Assert.Null(_liveness.Stuck());
    }

    [Fact]
    public void One_inbox_that_hangs_does_not_cost_the_others_their_watcher()
    {
        _liveness.Begin("inbox", "dead mount", Patience);
        var other = _liveness.Begin("inbox", "orders", Patience);
        _time.Advance(Patience * 2);
        other.Turn();
        Assert.Null(_liveness.Stuck());
    }

    [Fact]
    public void Loops_of_another_kind_do_not_stand_in()
    {
        _liveness.Begin("lane", "warehouse", Patience);
        var inbox = _liveness.Begin("inbox", "orders", Patience);
        _time.Advance(Patience * 2);
        inbox.Turn();
        Assert.Contains("lane warehouse", _liveness.Stuck(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_expected_of_a_loop_that_has_ended()
    {
        _liveness.Begin("lane", "warehouse", Patience).Dispose();
        _time.Advance(Patience * 2);
        Assert.Null(_liveness.Stuck());
    }
}

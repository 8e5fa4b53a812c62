using Etl.Loader.Ledger;

namespace Etl.Loader.Tests.Ledger;

/// <summary>The sentence that people read first: it says what is known, and says so where it is not.</summary>
public class LaneOutlookTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 14, 0, 0, TimeSpan.Zero);

    private static readonly LaneOutlook Served = new() { Target = "warehouse", ReadAt = Now, Holder = "host:1", Served = true };

    private static readonly RunningLoad Running = new(
        LoadId.New(TimeProvider.System), "warehouse", "orders_2026", "orders 2026.csv", LoadStage.Staging, Now.AddMinutes(-1), 620_000_000, 1_000_000_000, 5_000_000,
        380_000_000 / 41.0, 100_000, Now, Now, null, Now);

    /// <summary>10 s a load and 100 MB/s.</summary>
    private static readonly Pace Measured = new(50, 10, 1e-8);

    [Fact]
    public void A_loading_lane_says_what_runs_how_far_it_is_what_waits_and_when_it_is_clear()
    {
        var lane = Served with { Running = Running, Waiting = new Work(14, 3_200_000_000), Due = 14, OldestDue = Now.AddMinutes(-2), Pace = Measured };

        Assert.Equal(LaneCondition.Loading, lane.Condition);
        Assert.Equal("loading orders_2026, staging 62 %, 41 s left; 14 files, 3.2 GB wait, clear at 14:03 UTC", OutlookText.Of(lane));
    }

    [Fact]
    public void Without_a_load_to_measure_by_it_says_that_it_does_not_know()
    {
        var lane = Served with { Running = Running, Waiting = new Work(14, 3_200_000_000), Due = 14, OldestDue = Now };

        Assert.Null(lane.ClearAt);
        Assert.EndsWith("14 files, 3.2 GB wait, clear at an unknown time: no load of this target to estimate from yet", OutlookText.Of(lane), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lane_where_more_arrives_than_is_loaded_grows_and_is_never_clear()
    {
        var lane = Served with
        {
            Running = Running,
            Waiting = new Work(500, 0),
            Due = 500,
            OldestDue = Now,
            Pace = Measured,
            Arrived = new Work(100, 0),
            ArrivedLast = new Work(40, 0),
        };

        Assert.True(lane.Grows);
        Assert.EndsWith("500 files, 0 B wait, growing: more arrives than is loaded", OutlookText.Of(lane), StringComparison.Ordinal);
        Assert.False((lane with { ArrivedLast = new Work(2, 0) }).Grows, "One large delivery some minutes ago is not growth.");
    }

    [Fact]
    public void A_paused_lane_says_who_paused_it_when_and_why()
    {
        var lane = Served with { PausedAt = Now.AddMinutes(-5), PausedBy = "anna", PauseReason = "month's end", Waiting = new Work(1, 10), Due = 1, OldestDue = Now.AddHours(-1) };

        Assert.Equal("paused 5 min 0 s ago by anna: month's end; 1 file, 10 B waits", OutlookText.Of(lane));
    }

    [Fact]
    public void A_lane_whose_target_is_away_says_since_when_it_waits()
    {
        var lane = Served with { WaitsFor = "warehouse does not answer", WaitsSince = Now.AddSeconds(-90), Running = Running };

        Assert.StartsWith("has been waiting for 1 min 30 s: warehouse does not answer", OutlookText.Of(lane), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_lane_waits_for_may_be_a_sentence()
    {
        var lane = Served with { WaitsFor = "The file is open elsewhere.", WaitsSince = Now.AddSeconds(-90) };

        Assert.Equal("has been waiting for 1 min 30 s: The file is open elsewhere", OutlookText.Of(lane));
        Assert.Contains(
            "waits: The file is open elsewhere; ",
            OutlookText.Of(Served with { Running = Running with { WaitsFor = "The file is open elsewhere." }, Waiting = new Work(1, 10), Due = 1 }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_lane_is_stalled_when_nothing_moves_or_nothing_begins()
    {
        Assert.Equal(
            "stalled at orders_2026: no progress for 2 min 0 s",
            OutlookText.Doing(Served with { Running = Running with { MovedAt = Now.AddMinutes(-2) } }));
        Assert.Equal(
            "stalled: loads are waiting and none has started for 10 min 0 s",
            OutlookText.Doing(Served with { Due = 1, Waiting = new Work(1, 1), OldestDue = Now.AddMinutes(-20), LastFinish = Now.AddMinutes(-10) }));
    }

    [Fact]
    public void A_load_that_waits_on_purpose_is_not_stalled_however_long_but_its_process_may_be()
    {
        var waits = Running with { Stage = LoadStage.Publishing, WaitsFor = "table public.orders_2026 is in use by anna", MovedAt = Now.AddMinutes(-9) };

        Assert.Equal(LaneCondition.Waiting, (Served with { Running = waits }).Condition);
        Assert.Equal("publishing orders_2026, waits: table public.orders_2026 is in use by anna", OutlookText.Doing(Served with { Running = waits }));
        Assert.Equal(LaneCondition.Unserved, (Served with { Running = waits, Served = false, SilentFor = TimeSpan.FromMinutes(3) }).Condition);
    }

    [Fact]
    public void A_lane_that_no_one_serves_and_an_idle_one_are_distinguished()
    {
        var unserved = Served with { Holder = null, Served = false };
        Assert.Equal((LaneCondition.Unserved, "not served"), (unserved.Condition, OutlookText.Of(unserved)));
        Assert.Equal(LaneCondition.Unserved, (unserved with { Waiting = new Work(1, 1), Due = 1 }).Condition);
        Assert.Equal("idle", OutlookText.Of(Served));
        Assert.Equal(LaneCondition.Starting, (Served with { Due = 1, Waiting = new Work(1, 1), OldestDue = Now.AddSeconds(-2) }).Condition);
        Assert.Equal(LaneCondition.Retrying, (Served with { Waiting = new Work(1, 1) }).Condition);
    }

    [Fact]
    public void Of_a_load_whose_process_is_silent_nothing_is_estimated_and_the_last_words_are_shown_as_such()
    {
        var silent = Served with
        {
            Served = false,
            SilentFor = TimeSpan.FromSeconds(100),
            Running = Running with { Served = false },
            Waiting = new Work(14, 3_200_000_000),
            Due = 14,
            Pace = Measured,
        };

        Assert.Null(silent.RunningLeft);
        Assert.Null(silent.ClearAt);
        Assert.Null(silent.Running.StageLeft);
        Assert.Equal("not served, silent for 1 min 40 s (host:1)", OutlookText.State(silent));
        Assert.Equal("not served, silent for 1 min 40 s (host:1); orders_2026 stopped at staging 62 %; 14 files, 3.2 GB wait", OutlookText.Of(silent));
        Assert.StartsWith("not served, silent for 1 min 40 s (host:1), paused by anna", OutlookText.Of(silent with { PausedAt = Now, PausedBy = "anna" }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(50, 5_000_000_000, 100.0, 1.0, 1e-8, 3.0)] // the line through the loads: 1 s and 2 s for 200 MB
    [InlineData(50, 5_000_000_000, 100.0, -5.0, 3e-8, 4.0)] // it begins below zero: bytes alone
    [InlineData(50, 5_000_000_000, 100.0, 3.0, -1e-9, 2.0)] // it falls: seconds a load alone
    [InlineData(50, 0, 100.0, null, null, 2.0)] // all of one size
    public void The_pace_is_the_line_through_the_last_loads_or_what_is_left_of_it(long loads, long bytes, double seconds, double? intercept, double? slope, double expected) =>
        Assert.Equal(expected, Pace.Of(new Work(loads, bytes), seconds, intercept, slope)!.Of(new Work(1, 200_000_000)).TotalSeconds, 6);

    [Fact]
    public void Nothing_measured_is_not_a_pace() => Assert.Null(Pace.Of(new Work(0, 0), 0, null, null));
}

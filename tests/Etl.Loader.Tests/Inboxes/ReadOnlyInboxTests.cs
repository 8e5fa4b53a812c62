using Etl.Loader.Inboxes;
using Etl.Loader.Inboxes.Files;
using Etl.Loader.Inboxes.Watching;
using Etl.Loader.Ledger;

namespace Etl.Loader.Tests.Inboxes;

/// <summary>An inbox with <c>Markers</c> none: nothing in it ever changes, and the promises hold all the same.</summary>
public sealed class ReadOnlyInboxTests : IDisposable
{
    private readonly TempInbox _inbox = new(o => o.Markers = "none");

    public ReadOnlyInboxTests() => _inbox.Introduce();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FakeAcceptance Ledger => _inbox.Ledger;

    public void Dispose() => _inbox.Dispose();

    private async Task RoundAfter(InboxWatcher watcher, double seconds)
    {
        _inbox.Time.Advance(TimeSpan.FromSeconds(seconds));
        await watcher.RunOnceAsync(Token);
    }

    private async Task Settle(InboxWatcher watcher)
    {
        await watcher.RunOnceAsync(Token);
        await RoundAfter(watcher, 6);
        await RoundAfter(watcher, 3);
        await RoundAfter(watcher, 6);
    }

    [Fact]
    public async Task A_trigger_becomes_one_load_and_the_inbox_stays_as_it_is()
    {
        _inbox.Deliver("sub/orders.csv", trigger: """{"table":"o"}""");
        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        var load = Assert.Single(Ledger.Accepted);
        Assert.Equal(("sub/orders.csv", "o"), (load.Spec.Dataset, load.Spec.TableName));
        Assert.Equal("sub/orders.csv.trigger", load.Trigger!.Path);
        Assert.Equal(["sub/orders.csv", "sub/orders.csv.trigger"], _inbox.Names());
        Assert.Equal("watching", watcher.State);
        Assert.Equal(0, watcher.Waiting);
    }

    [Fact]
    public async Task A_trigger_that_lies_there_is_not_read_or_asked_for_again()
    {
        for (var i = 0; i < 1200; i++)
        {
            _inbox.Deliver($"d{i}.csv");
        }

        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        Assert.Equal(1200, Ledger.Accepted.Count);
        Assert.Equal(3, Ledger.Questions);
        for (var round = 0; round < 10; round++)
        {
            await RoundAfter(watcher, 6);
            Assert.Equal(0, watcher.Waiting);
        }

        Assert.Equal((3, 1200), (Ledger.Questions, Ledger.Loads.Count));
    }

    [Fact]
    public async Task After_a_restart_what_lies_there_taken_does_not_even_wait()
    {
        _inbox.Deliver("old.csv");
        using (var watcher = _inbox.Watcher())
        {
            await Settle(watcher);
        }

        using var next = _inbox.Watcher();
        await next.RunOnceAsync(Token);
        Assert.Equal(0, next.Waiting);
        await Settle(next);
        Assert.Single(Ledger.Loads);
        Assert.Equal(1, Ledger.Questions);
    }

    [Fact]
    public async Task An_event_for_a_known_trigger_makes_no_second_load()
    {
        _inbox.Deliver("orders.csv");
        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        _inbox.Events.Raise(InboxEventKind.Finished, "orders.csv.trigger");
        await watcher.RunOnceAsync(Token);
        Assert.Single(Ledger.Loads);
        Assert.Equal(0, watcher.Waiting);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_next_delivery_under_the_same_name_is_a_new_load(bool restarted)
    {
        _inbox.Deliver("orders.csv");
        var watcher = _inbox.Watcher();
        await Settle(watcher);
        if (restarted)
        {
            watcher.Dispose();
            watcher = _inbox.Watcher();
        }

        File.SetLastWriteTimeUtc(_inbox.At("orders.csv.trigger"), _inbox.Time.GetUtcNow().UtcDateTime.AddDays(1));
        await Settle(watcher);
        Assert.Equal(2, Ledger.Accepted.Select(l => l.Id).Distinct().Count());
        watcher.Dispose();
    }

    [Fact]
    public async Task Other_content_under_the_same_size_time_and_file_is_a_new_delivery()
    {
        _inbox.Deliver("orders.csv", trigger: """{"table":"a"}""");
        using (var watcher = _inbox.Watcher())
        {
            await Settle(watcher);
        }

        var path = _inbox.At("orders.csv.trigger");
        var time = File.GetLastWriteTimeUtc(path);
        await File.WriteAllTextAsync(path, """{"table":"b"}""", Token);
        File.SetLastWriteTimeUtc(path, time);
        using var next = _inbox.Watcher();
        await Settle(next);
        Assert.Equal(["a", "b"], Ledger.Accepted.Select(l => l.Spec.TableName));
    }

    [Fact]
    public async Task Two_watchers_make_one_load_of_each_trigger()
    {
        const int count = 300;
        for (var i = 0; i < count; i++)
        {
            _inbox.Deliver($"d{i:d3}.csv");
        }

        using var one = _inbox.Watcher();
        using var other = _inbox.Watcher();
        await one.RunOnceAsync(Token);
        await other.RunOnceAsync(Token);
        var reported = 0;
        for (var round = 0; round < 4; round++)
        {
            _inbox.Time.Advance(TimeSpan.FromSeconds(3));
            reported += (await Task.WhenAll(Task.Run(() => one.RunOnceAsync(Token), Token), Task.Run(() => other.RunOnceAsync(Token), Token))).Sum(r => r.Accepted);
        }

        Assert.Equal((count, count), (Ledger.Loads.Count, reported));
        Assert.Equal((0, 0), (one.Waiting, other.Waiting));
    }

    [Theory]
    [InlineData(nameof(WatcherStep.BeforeClaim))]
    [InlineData(nameof(WatcherStep.BeforeAccept))]
    [InlineData(nameof(WatcherStep.AfterAccept))]
    public async Task Whatever_a_watcher_dies_between_the_next_one_makes_one_load_of_the_trigger(string step)
    {
        _inbox.Deliver("orders.csv");
        using (var dying = _inbox.Watcher((at, dataset) => Assert.False(at.ToString() == step, dataset)))
        {
            await dying.RunOnceAsync(Token);
            _inbox.Time.Advance(TimeSpan.FromSeconds(3));
            await Assert.ThrowsAnyAsync<Exception>(() => dying.RunOnceAsync(Token));
        }

        using var next = _inbox.Watcher();
        await Settle(next);
        Assert.Single(Ledger.Loads);
    }

    [Fact]
    public async Task A_lost_answer_and_an_outage_make_no_second_load()
    {
        _inbox.Deliver("orders.csv");
        using var watcher = _inbox.Watcher();
        await watcher.RunOnceAsync(Token);
        Ledger.LoseAnswers = true;
        await RoundAfter(watcher, 3);
        (Ledger.LoseAnswers, Ledger.Away) = (false, true);
        await RoundAfter(watcher, 40);
        Assert.StartsWith("waits for the queue database", watcher.State, StringComparison.Ordinal);
        Ledger.Away = false;
        await Settle(watcher);
        Assert.Single(Ledger.Loads);
        Assert.Equal(("watching", 0), (watcher.State, watcher.Waiting));
    }

    [Theory]
    [InlineData("{ broken")]
    [InlineData("""{"tabel":"x"}""")]
    public async Task A_bad_trigger_is_reported_once(string trigger)
    {
        _inbox.Deliver("bad.csv", trigger: trigger);
        using (var watcher = _inbox.Watcher())
        {
            await Settle(watcher);
            await RoundAfter(watcher, 11);
            await RoundAfter(watcher, 60);
            await RoundAfter(watcher, 3700);
        }

        using var next = _inbox.Watcher();
        await Settle(next);
        await RoundAfter(next, 30);
        Assert.NotNull(Assert.Single(Ledger.Loads).Refusal);
        Assert.Equal(["bad.csv", "bad.csv.trigger"], _inbox.Names());
    }

    [Fact]
    public async Task What_lies_there_longer_than_any_retention_is_not_loaded_again()
    {
        _inbox.Retention.TakenTriggers = TimeSpan.Zero;
        _inbox.Deliver("orders.csv");
        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        for (var look = 0; look < 5; look++)
        {
            Ledger.Elapsed += TimeSpan.FromDays(100);
            await RoundAfter(watcher, 3700);
        }

        using var next = _inbox.Watcher();
        await Settle(next);
        Assert.Single(Ledger.Loads);
        Assert.Single(Ledger.Taken);
    }

    [Fact]
    public async Task A_trigger_is_forgotten_only_when_it_was_gone_for_the_whole_retention()
    {
        _inbox.Deliver("orders.csv");
        _inbox.Deliver("stays.csv");
        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        var path = _inbox.At("orders.csv.trigger");
        File.Move(path, _inbox.At(".aside"));
        await RoundAfter(watcher, 3700);
        Assert.Equal(2, Ledger.Taken.Count);
        Ledger.Elapsed += TimeSpan.FromDays(29);
        await RoundAfter(watcher, 3700);
        Assert.Equal(2, Ledger.Taken.Count);

        // Back in time, as after a mount below the inbox was away: still known.
        File.Move(_inbox.At(".aside"), path);
        await Settle(watcher);
        Assert.Equal(2, Ledger.Loads.Count);

        File.Move(path, _inbox.At(".aside"));
        Ledger.Elapsed += TimeSpan.FromDays(2);
        await RoundAfter(watcher, 3700);
        Assert.Equal("stays.csv.trigger", Assert.Single(Ledger.Taken).Path);

        // Its load keeps the id even so.
        File.Move(_inbox.At(".aside"), path);
        await Settle(watcher);
        Assert.Equal(2, Ledger.Loads.Count);
    }

    [Fact]
    public async Task An_unmounted_share_forgets_nothing_and_loads_nothing_again()
    {
        _inbox.Retention.TakenTriggers = TimeSpan.Zero;
        _inbox.Deliver("orders.csv");
        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        var mounted = _inbox.Root + "-mounted";
        Directory.Move(_inbox.Root, mounted);
        Directory.CreateDirectory(_inbox.Root);
        for (var look = 0; look < 3; look++)
        {
            Ledger.Elapsed += TimeSpan.FromDays(100);
            await RoundAfter(watcher, 3700);
            Assert.StartsWith("away: ", watcher.State, StringComparison.Ordinal);
        }

        Assert.Single(Ledger.Taken);
        Directory.Delete(_inbox.Root);
        Directory.Move(mounted, _inbox.Root);
        await Settle(watcher);
        Assert.Single(Ledger.Loads);
    }

    [Fact]
    public async Task A_share_that_goes_while_its_triggers_are_compared_forgets_nothing()
    {
        _inbox.Retention.TakenTriggers = TimeSpan.Zero;
        _inbox.Deliver("orders.csv");
        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        var mounted = _inbox.Root + "-mounted";
        for (var look = 0; look < 3; look++)
        {
            Ledger.Listing = () =>
            {
                if (!Directory.Exists(mounted))
                {
                    Directory.Move(_inbox.Root, mounted);
                    Directory.CreateDirectory(_inbox.Root);
                }
            };
            await RoundAfter(watcher, 3700);
            Assert.StartsWith("away: ", watcher.State, StringComparison.Ordinal);
            Ledger.Listing = static () => { };
            Directory.Delete(_inbox.Root);
            Directory.Move(mounted, _inbox.Root);
        }

        Assert.Single(Ledger.Taken);
        await Settle(watcher);
        Assert.Single(Ledger.Loads);
    }

    [Fact]
    public async Task A_restored_ledger_gets_its_loads_again_under_their_own_ids()
    {
        _inbox.Deliver("orders.csv");
        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        var before = Assert.Single(Ledger.Accepted).Id;
        Ledger.ForgetTaken();
        Ledger.Forget(before);
        await RoundAfter(watcher, 3700);
        await Settle(watcher);
        Assert.Equal(before, Assert.Single(Ledger.Accepted).Id);
    }

    [Fact]
    public async Task Without_its_id_file_the_inbox_is_away_and_nothing_is_made()
    {
        File.Delete(_inbox.At(InboxName.Identity));
        _inbox.Deliver("orders.csv");
        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        Assert.Empty(Ledger.Loads);
        Assert.Contains("it has no .etl-loader-inbox", watcher.State, StringComparison.Ordinal);
        Assert.Contains("'etl-loader doctor' prints the command", watcher.State, StringComparison.Ordinal);
        Assert.Equal(["orders.csv", "orders.csv.trigger"], _inbox.Names());
        _inbox.Introduce();
        await Settle(watcher);
        Assert.Single(Ledger.Accepted);
    }

    [Fact]
    public async Task A_claim_left_from_the_time_of_markers_is_accepted_under_its_id_once()
    {
        const string id = "019c2b1e-1111-7abc-8def-0123456789ab";
        _inbox.Write("orders.csv", "id\n1\n");
        _inbox.Write($"orders.csv.trigger.{id}");
        using (var watcher = _inbox.Watcher())
        {
            await Settle(watcher);
        }

        using var next = _inbox.Watcher();
        await Settle(next);
        Assert.Equal(id, Assert.Single(Ledger.Accepted).Id.ToString());
        Assert.Equal(["orders.csv", $"orders.csv.trigger.{id}"], _inbox.Names());
    }

    [Fact]
    public async Task An_outcome_is_not_reported_beside_the_data()
    {
        _inbox.Deliver("orders.csv");
        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        var load = Assert.Single(Ledger.Accepted);
        foreach (var status in new[] { LoadStatus.Queued, LoadStatus.Loaded, LoadStatus.Failed })
        {
            Assert.False(await _inbox.Files.WriteMarkerAsync(load.Id, load.Spec, status, "", Token));
        }

        Ledger.End(load.Id, LoadStatus.Failed);
        await RoundAfter(watcher, 60);
        Assert.Equal(["orders.csv", "orders.csv.trigger"], _inbox.Names());
        Assert.Single(_inbox.Files.Resolve(load.Spec));
    }
}

using Etl.Loader.Inboxes.Watching;
using Etl.Loader.Ledger;

namespace Etl.Loader.Tests.Inboxes;

/// <summary>Deaths, races and outages: nothing accepted is lost, and one trigger is one load.</summary>
public sealed class WatcherFaultTests : IDisposable
{
    private readonly TempInbox _inbox = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FakeAcceptance Ledger => _inbox.Ledger;

    public void Dispose() => _inbox.Dispose();

    private async Task Settle(InboxWatcher watcher)
    {
        for (var i = 0; i < 4; i++)
        {
            await watcher.RunOnceAsync(Token);
            _inbox.Time.Advance(TimeSpan.FromSeconds(6));
        }
    }

    [Theory]
    [InlineData("ffffffff-ffff-7fff-bfff-ffffffffffff")]
    [InlineData("e677d21f-dc00-7000-8000-000000000000")]
    [InlineData("ffffffff-ffff-ffff-ffff-ffffffffffff")]
    public async Task A_marker_with_an_id_from_beyond_the_years_that_we_know_stops_no_round(string id)
    {
        _inbox.Deliver("a.csv");
        _inbox.Write("a.csv.queued", id + "\n");
        _inbox.Write("b.csv.failed", $"load: {id}\n");
        _inbox.Deliver("b.csv");
        var other = id[..^1] + "e";
        _inbox.Write($"c.csv.trigger.{other}");
        _inbox.Write("c.csv", "id\n1\n");
        _inbox.Write("c.csv.loaded", $$"""{"load_id":"{{other}}"}""");

        // Two of one id: a marker that someone copied.
        _inbox.Write("d.csv", "id\n1\n");
        _inbox.Write("d.csv.queued", id + "\n");
        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        Assert.Equal("watching", watcher.State);
        Assert.True(_inbox.Has("b.csv.queued"));
        Assert.Contains(Ledger.Accepted, load => load.Spec.Dataset == "c.csv");
    }

    public static TheoryData<string> Steps() => [.. Enum.GetNames<WatcherStep>()];

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Whatever_a_watcher_dies_between_the_next_one_makes_one_load_of_the_trigger(string step)
    {
        _inbox.Deliver("orders.csv", trigger: """{"table":"kept"}""");
        using (var dying = _inbox.Watcher(DieWhen(at => at.ToString() == step)))
        {
            await dying.RunOnceAsync(Token);
            _inbox.Time.Advance(TimeSpan.FromSeconds(3));
            await Assert.ThrowsAsync<SimulatedDeathException>(() => dying.RunOnceAsync(Token));
        }

        using var next = _inbox.Watcher();
        await Settle(next);
        var load = Assert.Single(Ledger.Loads);
        Assert.Equal("kept", load.Spec.TableName);
        Assert.Equal(["orders.csv", "orders.csv.queued"], _inbox.Names());
        Assert.StartsWith(load.Id.ToString(), _inbox.Read("orders.csv.queued"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_refused_trigger_is_one_record_too_whatever_the_watcher_dies_between(string step)
    {
        _inbox.Write("nodata.csv.trigger");
        using (var dying = _inbox.Watcher(DieWhen(at => at.ToString() == step)))
        {
            await dying.RunOnceAsync(Token);
            _inbox.Time.Advance(TimeSpan.FromSeconds(3));
            await Assert.ThrowsAsync<SimulatedDeathException>(() => dying.RunOnceAsync(Token));
        }

        using var next = _inbox.Watcher();
        await Settle(next);
        Assert.NotNull(Assert.Single(Ledger.Loads).Refusal);
        Assert.Equal(["nodata.csv.failed"], _inbox.Names());
    }

    [Fact]
    public async Task Two_watchers_on_one_inbox_make_one_load_of_each_trigger()
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
        for (var round = 0; round < 4; round++)
        {
            _inbox.Time.Advance(TimeSpan.FromSeconds(3));
            await Task.WhenAll(Task.Run(() => one.RunOnceAsync(Token), Token), Task.Run(() => other.RunOnceAsync(Token), Token));
        }

        Assert.Equal(count, Ledger.Loads.Count);
        Assert.Equal(count, Ledger.Accepted.Select(l => l.Spec.Dataset).Distinct().Count());
        Assert.Equal(count * 2, _inbox.Names().Length);
        foreach (var load in Ledger.Accepted)
        {
            Assert.StartsWith(load.Id.ToString(), _inbox.Read(load.Spec.Dataset + ".queued"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_claim_whose_manifest_is_still_being_written_is_waited_for_under_its_id()
    {
        const string id = "019c2b1e-1111-7abc-8def-0123456789ab";
        _inbox.Write("orders.csv");
        _inbox.Write($"orders.csv.trigger.{id}", "{ \"table\":");
        using var watcher = _inbox.Watcher();
        await watcher.RunOnceAsync(Token);
        _inbox.Time.Advance(TimeSpan.FromSeconds(3));
        await watcher.RunOnceAsync(Token);
        Assert.Empty(Ledger.Loads);
        _inbox.Write($"orders.csv.trigger.{id}", """{ "table": "whole" }""");
        await Settle(watcher);
        var load = Assert.Single(Ledger.Accepted);
        Assert.Equal((id, "whole"), (load.Id.ToString(), load.Spec.TableName));
    }

    [Fact]
    public async Task While_the_queue_database_is_away_nothing_on_disk_changes_and_afterwards_all_is_accepted()
    {
        Ledger.Away = true;
        using var watcher = _inbox.Watcher();
        await watcher.RunOnceAsync(Token);
        Assert.Empty(Directory.EnumerateFiles(_inbox.Root, ".etl-loader-inbox*"));
        Ledger.Away = false;
        await watcher.RunOnceAsync(Token);
        Ledger.Away = true;
        _inbox.Deliver("a.csv");
        _inbox.Deliver("b.csv");
        _inbox.Events.Raise(InboxEventKind.Finished, "a.csv.trigger");
        var names = _inbox.Names();
        for (var i = 0; i < 5; i++)
        {
            await watcher.RunOnceAsync(Token);
            _inbox.Time.Advance(TimeSpan.FromSeconds(6));
        }

        Assert.Equal(names, _inbox.Names());
        Assert.StartsWith("waits for the queue database", watcher.State, StringComparison.Ordinal);
        Ledger.Away = false;
        await watcher.RunOnceAsync(Token);
        Assert.Equal(["a.csv", "b.csv"], Ledger.Accepted.Select(l => l.Spec.Dataset).Order());
        Assert.Equal("watching", watcher.State);
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_makes_no_second_load()
    {
        Ledger.LoseAnswers = true;
        _inbox.Deliver("orders.csv");
        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        Assert.Single(Ledger.Loads);
        Assert.True(_inbox.Has($"orders.csv.trigger.{Ledger.Loads[0].Id}"));
        Ledger.LoseAnswers = false;
        _inbox.Time.Advance(TimeSpan.FromSeconds(60));
        await Settle(watcher);
        Assert.Single(Ledger.Loads);
        Assert.Equal(["orders.csv", "orders.csv.queued"], _inbox.Names());
    }

    [Fact]
    public async Task One_load_that_the_database_will_not_take_stops_no_other()
    {
        Ledger.Poison = load => load.Spec.Dataset == "b.csv";
        foreach (var name in (string[])["a.csv", "b.csv", "c.csv"])
        {
            _inbox.Deliver(name);
        }

        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        Assert.Equal(["a.csv", "c.csv"], Ledger.Accepted.Select(l => l.Spec.Dataset).Order());
        Ledger.Poison = static _ => false;
        _inbox.Time.Advance(TimeSpan.FromSeconds(60));
        await Settle(watcher);
        Assert.Equal(3, Ledger.Accepted.Count);
        Assert.True(_inbox.Has("b.csv.queued"));
    }

    [Fact]
    public async Task A_queued_marker_that_a_restored_ledger_does_not_know_is_accepted_again_under_its_id_with_its_manifest()
    {
        _inbox.Deliver("orders.csv", trigger: """{"table":"kept","mode":"append"}""");
        using (var before = _inbox.Watcher())
        {
            await Settle(before);
        }

        var lost = Assert.Single(Ledger.Accepted);
        Ledger.Forget(lost.Id);
        using var watcher = _inbox.Watcher();
        await watcher.RunOnceAsync(Token);
        var again = Assert.Single(Ledger.Accepted);
        Assert.Equal((lost.Id, "kept", LoadMode.Append), (again.Id, again.Spec.TableName, again.Spec.Mode));
        Assert.Equal(["orders.csv", "orders.csv.queued"], _inbox.Names());
    }

    [Theory]
    [InlineData("Loaded", "orders.csv.loaded")]
    [InlineData("Failed", "orders.csv.failed")]
    [InlineData("Cancelled", "orders.csv.failed")]
    public async Task An_outcome_that_the_loader_could_not_report_is_reported_by_the_watcher(string status, string marker)
    {
        _inbox.Deliver("orders.csv");
        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        var load = Assert.Single(Ledger.Accepted).Id;
        Ledger.End(load, Enum.Parse<LoadStatus>(status));
        _inbox.Time.Advance(TimeSpan.FromSeconds(61));
        await watcher.RunOnceAsync(Token);
        Assert.Equal(["orders.csv", marker], _inbox.Names());
        Assert.Contains(load.ToString(), _inbox.Read(marker), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_claim_whose_load_ended_meanwhile_becomes_its_outcome()
    {
        _inbox.Deliver("orders.csv");
        using (var dying = _inbox.Watcher(DieWhen(at => at == WatcherStep.AfterAccept)))
        {
            await dying.RunOnceAsync(Token);
            _inbox.Time.Advance(TimeSpan.FromSeconds(3));
            await Assert.ThrowsAsync<SimulatedDeathException>(() => dying.RunOnceAsync(Token));
        }

        Ledger.End(Assert.Single(Ledger.Loads).Id, LoadStatus.Loaded);
        using var next = _inbox.Watcher();
        await Settle(next);
        Assert.Equal(["orders.csv", "orders.csv.loaded"], _inbox.Names());
    }

    [Fact]
    public async Task A_trigger_refused_while_an_older_load_waits_is_reported_and_touches_nothing_of_it()
    {
        _inbox.Deliver("orders.csv");
        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        var older = Assert.Single(Ledger.Accepted);
        _inbox.Write("orders.csv.trigger", """{"tabel":"x"}""");
        await Settle(watcher);
        Assert.Equal(["orders.csv", "orders.csv.failed", "orders.csv.queued"], _inbox.Names());
        await _inbox.Files.WriteMarkerAsync(older.Id, older.Spec, LoadStatus.Loaded, $"{older.Id}", Token);
        Assert.Equal(["orders.csv", "orders.csv.failed", "orders.csv.loaded"], _inbox.Names());
        Assert.Contains("unknown key 'tabel'", _inbox.Read("orders.csv.failed"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_made_again_between_two_rounds_is_watched_again()
    {
        using var watcher = _inbox.Watcher();
        await watcher.RunOnceAsync(Token);
        var identity = _inbox.Read(".etl-loader-inbox");
        Directory.Move(_inbox.Root, _inbox.Root + ".old");
        _inbox.Write(".etl-loader-inbox", identity);
        await watcher.RunOnceAsync(Token);
        Assert.True(_inbox.Events.Disposed);
        Assert.Equal("watching", watcher.State);
    }

    [Fact]
    public async Task Without_its_identity_an_inbox_is_away_and_nothing_in_it_is_missing()
    {
        using var watcher = _inbox.Watcher();
        await watcher.RunOnceAsync(Token);
        var identity = _inbox.Read(".etl-loader-inbox");
        File.Delete(_inbox.At(".etl-loader-inbox"));
        _inbox.Write("nodata.csv.trigger");
        await Settle(watcher);
        Assert.StartsWith("away: ", watcher.State, StringComparison.Ordinal);
        Assert.Contains("has no .etl-loader-inbox", watcher.State, StringComparison.Ordinal);
        Assert.Empty(Ledger.Loads);
        Assert.True(_inbox.Events.Disposed);
        Assert.Equal(["nodata.csv.trigger"], _inbox.Names());
        using (var fresh = _inbox.Watcher())
        {
            await Settle(fresh);
            Assert.StartsWith("away: ", fresh.State, StringComparison.Ordinal);
            Assert.Equal(["nodata.csv.trigger"], _inbox.Names());
        }

        _inbox.Write("nodata.csv");
        _inbox.Write(".etl-loader-inbox", identity);
        await Settle(watcher);
        Assert.Single(Ledger.Accepted);
    }

    [Fact]
    public async Task A_directory_with_another_identity_is_away()
    {
        Ledger.RegisterOther("main");
        _inbox.Introduce();
        _inbox.Deliver("orders.csv");
        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        Assert.Contains("this is another directory", watcher.State, StringComparison.Ordinal);
        Assert.Empty(Ledger.Loads);
    }

    [Fact]
    public async Task A_missing_directory_is_away_and_comes_back()
    {
        using var watcher = _inbox.Watcher();
        await watcher.RunOnceAsync(Token);
        Directory.Move(_inbox.Root, _inbox.Root + ".unmounted");
        await watcher.RunOnceAsync(Token);
        Assert.Contains("the directory does not exist", watcher.State, StringComparison.Ordinal);
        Directory.Move(_inbox.Root + ".unmounted", _inbox.Root);
        await watcher.RunOnceAsync(Token);
        Assert.Equal("watching", watcher.State);
    }

    [Fact]
    public async Task A_watcher_that_died_while_introducing_an_inbox_leaves_what_the_next_one_needs()
    {
        var proposed = Guid.CreateVersion7();
        _inbox.Write($".etl-loader-inbox.{proposed}", proposed.ToString());
        await Ledger.RegisterInboxAsync("main", proposed, Token);
        using var watcher = _inbox.Watcher();
        await watcher.RunOnceAsync(Token);
        Assert.Equal("watching", watcher.State);
        Assert.Equal(proposed, Guid.Parse(_inbox.Read(".etl-loader-inbox")));
        Assert.False(_inbox.Has($".etl-loader-inbox.{proposed}"));
    }

    [Fact]
    public async Task Two_watchers_introduce_an_inbox_once()
    {
        // What one of them does in between the other's steps differs from time to time.
        for (var time = 0; time < 50; time++)
        {
            using var inbox = new TempInbox();
            using var one = inbox.Watcher();
            using var other = inbox.Watcher();
            for (var round = 0; round < 3; round++)
            {
                await Task.WhenAll(Task.Run(() => one.RunOnceAsync(Token), Token), Task.Run(() => other.RunOnceAsync(Token), Token));
            }

            Assert.Equal("watching; watching", $"{one.State}; {other.State}");
            Assert.Empty(inbox.Names());
        }
    }

    private static Action<WatcherStep, string> DieWhen(Func<WatcherStep, bool> dies) => (step, _) =>
    {
        if (dies(step))
        {
            throw new SimulatedDeathException();
        }
    };

    private sealed class SimulatedDeathException : Exception;
}

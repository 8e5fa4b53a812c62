using Etl.Loader.Inboxes.Watching;
using Etl.Loader.Ledger;

namespace Etl.Loader.Tests.Inboxes;

public sealed class InboxWatcherTests : IDisposable
{
    private readonly TempInbox _inbox = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private FakeAcceptance Ledger => _inbox.Ledger;

    public void Dispose() => _inbox.Dispose();

    private async Task RoundAfter(InboxWatcher watcher, double seconds)
    {
        _inbox.Time.Advance(TimeSpan.FromSeconds(seconds));
        await watcher.RunOnceAsync(Token);
    }

    /// <summary>Enough rounds for all that only scans see to be taken.</summary>
    private async Task Settle(InboxWatcher watcher)
    {
        await watcher.RunOnceAsync(Token);
        await RoundAfter(watcher, 6);
        await RoundAfter(watcher, 3);
    }

    [Fact]
    public async Task A_trigger_reported_by_an_event_is_taken_at_once_and_marked_with_its_load()
    {
        using var watcher = _inbox.Watcher();
        await watcher.RunOnceAsync(Token);
        _inbox.Deliver("sub/orders.csv", trigger: """{"table":"o"}""");
        _inbox.Events.Raise(InboxEventKind.Finished, "sub/orders.csv.trigger");
        Assert.Equal(1, (await watcher.RunOnceAsync(Token)).Accepted);
        var load = Assert.Single(Ledger.Accepted);
        Assert.Equal(("sub/orders.csv", "o"), (load.Spec.Dataset, load.Spec.TableName));
        Assert.Equal(["sub/orders.csv", "sub/orders.csv.queued"], _inbox.Names());
        Assert.StartsWith(load.Id.ToString(), _inbox.Read("sub/orders.csv.queued"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_loaded_marker_goes_after_its_thirty_days_and_nothing_else_does()
    {
        _inbox.Write("old.csv", "id\n1\n");
        _inbox.Write("old.csv.loaded", $$"""{"load_id": "{{LoadId.New(_inbox.Time)}}"}""");
        _inbox.Write("old.csv.failed", $"status: failed\nload: {LoadId.New(_inbox.Time)}\n");
        _inbox.Write("sub/young.csv.loaded", $$"""{"load_id": "{{LoadId.New(_inbox.Time)}}"}""");
        _inbox.Write("theirs.loaded", "ours, says the producer");
        foreach (var (name, days) in new[] { ("old.csv.loaded", 31), ("old.csv.failed", 31), ("sub/young.csv.loaded", 29), ("theirs.loaded", 31) })
        {
            File.SetLastWriteTimeUtc(_inbox.At(name), _inbox.Time.GetUtcNow().UtcDateTime.AddDays(-days));
        }

        using var watcher = _inbox.Watcher();
        await watcher.RunOnceAsync(Token);
        Assert.Equal(["old.csv", "old.csv.failed", "sub/young.csv.loaded", "theirs.loaded"], _inbox.Names());

        // An hour is the pace of the looks.
        File.SetLastWriteTimeUtc(_inbox.At("sub/young.csv.loaded"), _inbox.Time.GetUtcNow().UtcDateTime.AddDays(-31));
        await RoundAfter(watcher, 3000);
        Assert.True(_inbox.Has("sub/young.csv.loaded"));
        await RoundAfter(watcher, 601);
        Assert.False(_inbox.Has("sub/young.csv.loaded"));
    }

    [Fact]
    public async Task A_trigger_from_before_the_start_is_taken_once_unchanged_for_two_seconds()
    {
        _inbox.Deliver("orders.csv");
        using var watcher = _inbox.Watcher();
        await watcher.RunOnceAsync(Token);
        await RoundAfter(watcher, 1.9);
        Assert.Empty(Ledger.Loads);
        _inbox.Write("orders.csv.trigger", """{"table":"late"}""");
        await RoundAfter(watcher, 0.2);
        await RoundAfter(watcher, 1.9);
        Assert.Empty(Ledger.Loads);
        await RoundAfter(watcher, 0.2);
        Assert.Equal("late", Assert.Single(Ledger.Accepted).Spec.TableName);
    }

    [Fact]
    public async Task A_trigger_without_any_event_is_found_by_the_next_scan()
    {
        using var watcher = _inbox.Watcher();
        await watcher.RunOnceAsync(Token);
        _inbox.Deliver("orders.csv");
        await RoundAfter(watcher, 4.9);
        Assert.Equal(0, watcher.Waiting);
        await RoundAfter(watcher, 0.2);
        await RoundAfter(watcher, 2);
        Assert.Single(Ledger.Accepted);
    }

    [Fact]
    public async Task Lost_events_make_a_scan_at_once()
    {
        using var watcher = _inbox.Watcher();
        await watcher.RunOnceAsync(Token);
        _inbox.Deliver("orders.csv");
        _inbox.Events.Raise(InboxEventKind.Lost);
        await RoundAfter(watcher, 0);
        await RoundAfter(watcher, 2);
        Assert.Single(Ledger.Accepted);
    }

    [Fact]
    public async Task A_trigger_whose_event_was_lost_is_accepted_before_the_newer_ones()
    {
        using var watcher = _inbox.Watcher();
        await watcher.RunOnceAsync(Token);
        foreach (var (name, second) in new[] { ("b.csv", 1), ("a.csv", 2), ("c.csv", 3) })
        {
            _inbox.Deliver(name);
            File.SetLastWriteTimeUtc(_inbox.At(name + ".trigger"), DateTime.UnixEpoch.AddSeconds(second));
        }

        _inbox.Events.Raise(InboxEventKind.Finished, "b.csv.trigger");
        _inbox.Events.Raise(InboxEventKind.Lost);
        _inbox.Events.Raise(InboxEventKind.Finished, "c.csv.trigger");
        await RoundAfter(watcher, 0);
        Assert.Equal(["b.csv"], Ledger.Accepted.Select(l => l.Spec.Dataset));
        await RoundAfter(watcher, 2);
        Assert.Equal(["b.csv", "a.csv", "c.csv"], Ledger.Accepted.Select(l => l.Spec.Dataset));
    }

    [Fact]
    public async Task A_trigger_that_is_written_for_long_is_in_no_ones_way()
    {
        using var watcher = _inbox.Watcher();
        _inbox.Deliver("slow.csv");
        File.SetLastWriteTimeUtc(_inbox.At("slow.csv.trigger"), DateTime.UnixEpoch);
        await watcher.RunOnceAsync(Token);
        _inbox.Write("slow.csv.trigger", "{");
        File.SetLastWriteTimeUtc(_inbox.At("slow.csv.trigger"), DateTime.UnixEpoch);
        await RoundAfter(watcher, 2);
        _inbox.Deliver("quick.csv");
        _inbox.Events.Raise(InboxEventKind.Finished, "quick.csv.trigger");
        await RoundAfter(watcher, 0);
        Assert.Equal("quick.csv", Assert.Single(Ledger.Accepted).Spec.Dataset);
    }

    [Fact]
    public async Task A_directory_that_appears_is_looked_into()
    {
        using var watcher = _inbox.Watcher();
        await watcher.RunOnceAsync(Token);
        _inbox.Deliver("new/deep/orders.csv");
        _inbox.Events.Raise(InboxEventKind.Directory, "new");
        _inbox.Events.Raise(InboxEventKind.Directory, "gone");
        await RoundAfter(watcher, 0);
        await RoundAfter(watcher, 2);
        Assert.Equal("new/deep/orders.csv", Assert.Single(Ledger.Accepted).Spec.Dataset);
    }

    [Fact]
    public async Task A_slowly_written_manifest_is_waited_for()
    {
        using var watcher = _inbox.Watcher();
        await watcher.RunOnceAsync(Token);
        _inbox.Deliver("orders.csv", trigger: """{"table": """);
        _inbox.Events.Raise(InboxEventKind.Finished, "orders.csv.trigger");
        await RoundAfter(watcher, 0);
        await RoundAfter(watcher, 5);
        Assert.Empty(Ledger.Loads);
        Assert.True(_inbox.Has("orders.csv.trigger"));
        _inbox.Write("orders.csv.trigger", """{"table":"whole"}""");
        _inbox.Events.Raise(InboxEventKind.Finished, "orders.csv.trigger");
        await RoundAfter(watcher, 0);
        Assert.Equal("whole", Assert.Single(Ledger.Accepted).Spec.TableName);
    }

    [Fact]
    public async Task A_manifest_that_grows_without_events_gets_its_patience_again()
    {
        _inbox.Deliver("orders.csv", trigger: "{");
        using var watcher = _inbox.Watcher();
        await watcher.RunOnceAsync(Token);
        await RoundAfter(watcher, 2);
        _inbox.Write("orders.csv.trigger", "{ ");
        await RoundAfter(watcher, 7);
        await RoundAfter(watcher, 2);
        await RoundAfter(watcher, 7);
        Assert.Empty(Ledger.Loads);
        _inbox.Write("orders.csv.trigger", "{ }");
        await RoundAfter(watcher, 0.5);
        await RoundAfter(watcher, 2);
        Assert.Single(Ledger.Accepted);
    }

    [Fact]
    public async Task A_manifest_that_never_parses_is_refused_after_ten_seconds()
    {
        using var watcher = _inbox.Watcher();
        await watcher.RunOnceAsync(Token);
        _inbox.Deliver("orders.csv", trigger: "{ \"table\": ");
        _inbox.Events.Raise(InboxEventKind.Finished, "orders.csv.trigger");
        await RoundAfter(watcher, 0);
        await RoundAfter(watcher, 9.9);
        Assert.Empty(Ledger.Loads);
        await RoundAfter(watcher, 0.2);
        var load = Assert.Single(Ledger.Loads);
        Assert.Contains("not valid JSON", load.Refusal!.Error, StringComparison.Ordinal);
        Assert.Equal(["orders.csv", "orders.csv.failed"], _inbox.Names());
        var reported = _inbox.Read("orders.csv.failed");
        Assert.Contains($"load: {load.Id}", reported, StringComparison.Ordinal);
        Assert.Contains("error: The trigger's manifest is not valid JSON", reported, StringComparison.Ordinal);
        Assert.Contains("what to do: ", reported, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_trigger_is_refused_and_the_next_one_loads()
    {
        _inbox.Deliver("bad.csv", trigger: """{"tabel":"x"}""");
        _inbox.Write("nodata.csv.trigger");
        _inbox.Deliver("good.csv");
        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        Assert.Equal("good.csv", Assert.Single(Ledger.Accepted).Spec.Dataset);
        Assert.Equal(["bad.csv", "bad.csv.failed", "good.csv", "good.csv.queued", "nodata.csv.failed"], _inbox.Names());
        Assert.Contains("There is no data file 'nodata.csv'", _inbox.Read("nodata.csv.failed"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_trigger_copied_with_its_old_time_every_night_is_a_new_load_every_night()
    {
        using var watcher = _inbox.Watcher();
        var old = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        _inbox.Write("orders.csv");
        for (var night = 1; night <= 3; night++)
        {
            _inbox.Write("orders.csv.trigger");
            File.SetLastWriteTimeUtc(_inbox.At("orders.csv.trigger"), old);
            await Settle(watcher);
            Assert.Equal(night, Ledger.Accepted.Count);
            var load = Ledger.Accepted[^1].Id;
            Assert.StartsWith(load.ToString(), _inbox.Read("orders.csv.queued"), StringComparison.Ordinal);
            Ledger.End(load, LoadStatus.Loaded);
            await _inbox.Files.WriteMarkerAsync(load, Ledger.Accepted[^1].Spec, LoadStatus.Loaded, $$"""{"load_id":"{{load}}"}""", Token);
            Assert.Equal(["orders.csv", "orders.csv.loaded"], _inbox.Names());
        }

        Assert.Equal(3, Ledger.Accepted.Select(l => l.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_trigger_that_is_not_a_file_is_refused_without_being_opened()
    {
        File.WriteAllText(Path.Combine(_inbox.Outside, "secret"), "{\"secret-key\": 1}");
        File.CreateSymbolicLink(_inbox.At("link.csv.trigger"), Path.Combine(_inbox.Outside, "secret"));
        File.CreateSymbolicLink(_inbox.At("dangling.csv.trigger"), Path.Combine(_inbox.Outside, "nothing"));
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", [_inbox.At("pipe.csv.trigger")]))
        {
            await mkfifo.WaitForExitAsync(Token);
        }

        Directory.CreateDirectory(_inbox.At("dir.csv.trigger"));
        _inbox.Write("large.csv.trigger", new string(' ', (1 << 20) + 1));
        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        Assert.Equal(4, Ledger.Loads.Count);
        Assert.All(Ledger.Loads, load => Assert.Matches("is a link, pipe or device|has 1,048,577 bytes", load.Refusal!.Error));
        Assert.DoesNotContain("secret-key", string.Join("", Directory.GetFiles(_inbox.Root).Select(File.ReadAllText)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hidden_triggers_and_those_below_hidden_directories_and_links_are_not_ours()
    {
        _inbox.Deliver(".hidden.csv");
        _inbox.Deliver(".git/a.csv");
        Directory.CreateDirectory(Path.Combine(_inbox.Outside, "elsewhere"));
        File.WriteAllText(Path.Combine(_inbox.Outside, "elsewhere", "b.csv.trigger"), "");
        Directory.CreateSymbolicLink(_inbox.At("link"), Path.Combine(_inbox.Outside, "elsewhere"));
        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        Assert.Empty(Ledger.Loads);
        Assert.True(File.Exists(Path.Combine(_inbox.Outside, "elsewhere", "b.csv.trigger")));
    }

    [Fact]
    public async Task An_inbox_that_is_not_recursive_leaves_directories_alone()
    {
        using var flat = new TempInbox(o => o.Recursive = false);
        flat.Deliver("a.csv");
        flat.Deliver("sub/b.csv");
        using var watcher = flat.Watcher();
        await watcher.RunOnceAsync(Token);
        flat.Time.Advance(TimeSpan.FromSeconds(3));
        await watcher.RunOnceAsync(Token);
        Assert.Equal("a.csv", Assert.Single(flat.Ledger.Accepted).Spec.Dataset);
    }

    [Fact]
    public async Task Odd_names_go_the_whole_way()
    {
        string[] names = ["two\nlines.csv", "a'; drop table b; --.csv", "[x]*?.csv", "Ünïcode 数据.csv", "-rf.csv", "sp ace/in dir.csv"];
        foreach (var name in names)
        {
            _inbox.Deliver(name);
        }

        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        Assert.Equal(names.Order(StringComparer.Ordinal), Ledger.Accepted.Select(l => l.Spec.Dataset).Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.True(_inbox.Has(name + ".queued")));
    }

    [Fact]
    public async Task A_name_that_leaves_no_room_for_markers_is_refused_and_out_of_the_way()
    {
        var name = new string('n', 240) + ".csv";
        _inbox.Deliver(name);
        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        Assert.Contains("is too long", Assert.Single(Ledger.Loads).Refusal!.Error, StringComparison.Ordinal);
        Assert.Equal([name, name + ".failed"], _inbox.Names());
    }

    [Fact]
    public async Task A_flood_is_accepted_in_batches_by_time_and_path()
    {
        const int count = 1200;
        for (var i = 0; i < count; i++)
        {
            var name = $"t{i % 97:d2}/{i:d4}.csv";
            _inbox.Deliver(name);
            File.SetLastWriteTimeUtc(_inbox.At(name + ".trigger"), new DateTime(2026, 1, 1, 0, i % 3, 0, DateTimeKind.Utc));
        }

        using var watcher = _inbox.Watcher();
        await Settle(watcher);
        Assert.Equal([500, 500, 200], Ledger.BatchSizes);
        var expected = Enumerable.Range(0, count).Select(i => (Minute: i % 3, Path: $"t{i % 97:d2}/{i:d4}.csv"))
            .OrderBy(t => t.Minute).ThenBy(t => t.Path, StringComparer.Ordinal).Select(t => t.Path);
        Assert.Equal(expected, Ledger.Accepted.Select(l => l.Spec.Dataset));
        Assert.Equal(0, watcher.Waiting);
    }

    [Fact]
    public async Task The_watcher_reports_how_it_stands()
    {
        _inbox.Deliver("orders.csv");
        using var watcher = _inbox.Watcher();
        _inbox.Events.ScanningBecause = "the limit on inotify watches is reached";
        await watcher.RunOnceAsync(Token);
        var report = Ledger.Reports[^1];
        Assert.Equal(("main", "scanning", "watching", Environment.ProcessId), (report.Inbox, report.Mode, report.State, report.ProcessId));
        Assert.Equal(_inbox.Time.GetUtcNow(), report.LastScanAt);
        Assert.Equal(File.GetLastWriteTimeUtc(_inbox.At("orders.csv.trigger")), report.OldestWaitingAt!.Value.UtcDateTime);
        var reports = Ledger.Reports.Count;
        await RoundAfter(watcher, 4);
        Assert.Equal(reports, Ledger.Reports.Count);
        await RoundAfter(watcher, 1.1);
        Assert.Null(Ledger.Reports[^1].OldestWaitingAt);
    }
}

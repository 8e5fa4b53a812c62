using Etl.Loader.Inboxes.Watching;

namespace Etl.Loader.Tests.Inboxes;

/// <summary>The kernel's own events, in real directories.</summary>
public sealed class InotifyEventsTests : IDisposable
{
    private readonly TempInbox _inbox = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _inbox.Dispose();

    private InotifyEvents Open(bool recursive = true) => new(_inbox.Root, recursive, TimeProvider.System);

    private static async Task<InboxEvent> Next(InotifyEvents events)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        InboxEvent happened;
        while (!events.TryRead(out happened))
        {
            await events.WaitAsync(deadline.Token);
        }

        return happened;
    }

    /// <summary>All events up to a last trigger that the test makes now.</summary>
    private async Task<List<InboxEvent>> Until(InotifyEvents events, string last)
    {
        _inbox.Write(last);
        var all = new List<InboxEvent>();
        while (all.Count == 0 || all[^1].Path != last)
        {
            all.Add(await Next(events));
        }

        return all[..^1];
    }

    [Fact]
    public async Task A_trigger_is_reported_when_it_is_closed_and_when_it_is_renamed_into_place()
    {
        using var events = Open();
        await using (var writer = new StreamWriter(_inbox.At("a.csv.trigger")))
        {
            await writer.WriteAsync("{");
            await writer.FlushAsync(Token);
            Assert.Empty(await Until(events, "probe.trigger"));
            await writer.WriteAsync("}");
        }

        Assert.Equal(new InboxEvent(InboxEventKind.Finished, "a.csv.trigger"), await Next(events));
        _inbox.Write("tmp");
        File.Move(_inbox.At("tmp"), _inbox.At("b.csv.trigger"));
        Assert.Equal(new InboxEvent(InboxEventKind.Finished, "b.csv.trigger"), await Next(events));
        Assert.Null(events.ScanningBecause);
        Assert.NotNull(events.LastEventAt);
    }

    [Fact]
    public async Task Data_markers_and_hidden_files_are_not_reported()
    {
        using var events = Open();
        foreach (var name in (string[])["a.csv", "a.csv.queued", ".x.trigger", "a.trigger.txt"])
        {
            _inbox.Write(name);
        }

        Assert.Empty(await Until(events, "last.trigger"));
    }

    [Fact]
    public async Task Directories_that_exist_and_those_made_later_are_watched()
    {
        Directory.CreateDirectory(_inbox.At("old/deep"));
        using var events = Open();
        _inbox.Write("old/deep/a.csv.trigger");
        Assert.Equal("old/deep/a.csv.trigger", (await Next(events)).Path);
        Directory.CreateDirectory(_inbox.At("new"));
        Assert.Equal(new InboxEvent(InboxEventKind.Directory, "new"), await Next(events));
        _inbox.Write("new/b.csv.trigger");
        Assert.Equal(new InboxEvent(InboxEventKind.Finished, "new/b.csv.trigger"), await Next(events));
    }

    [Fact]
    public async Task A_directory_filled_as_soon_as_it_is_made_hides_nothing()
    {
        using var events = Open();
        for (var i = 0; i < 50; i++)
        {
            _inbox.Write($"d{i}/x/y/a.csv.trigger");
        }

        // Each is either reported itself or is in a directory that is reported, which then is scanned.
        var reported = await Until(events, "last.trigger");
        for (var i = 0; i < 50; i++)
        {
            var path = $"d{i}/x/y/a.csv.trigger";
            Assert.Contains(reported, e => e.Path == path || (e.Kind == InboxEventKind.Directory && path.StartsWith(e.Path + "/", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_directory_moved_in_is_reported_and_watched_under_its_new_name_only()
    {
        Directory.CreateDirectory(Path.Combine(_inbox.Outside, "prepared/deep"));
        using var events = Open();
        Directory.Move(Path.Combine(_inbox.Outside, "prepared"), _inbox.At("first"));
        Assert.Equal(new InboxEvent(InboxEventKind.Directory, "first"), await Next(events));
        Directory.Move(_inbox.At("first"), _inbox.At("second"));
        Assert.Equal(new InboxEvent(InboxEventKind.Directory, "second"), await Next(events));
        _inbox.Write("second/deep/a.csv.trigger");
        Assert.Equal(new InboxEvent(InboxEventKind.Finished, "second/deep/a.csv.trigger"), await Next(events));
        Directory.Move(_inbox.At("second"), Path.Combine(_inbox.Outside, "away"));
        await Until(events, "probe.trigger");
        File.WriteAllText(Path.Combine(_inbox.Outside, "away/deep/b.csv.trigger"), "");
        Assert.Empty(await Until(events, "last.trigger"));
    }

    [Fact]
    public async Task Directories_are_left_alone_where_the_inbox_is_not_recursive()
    {
        Directory.CreateDirectory(_inbox.At("old"));
        using var events = Open(recursive: false);
        _inbox.Write("old/a.csv.trigger");
        _inbox.Write("new/a.csv.trigger");
        Assert.Empty(await Until(events, "last.trigger"));
    }

    [Fact]
    public async Task An_overflow_of_the_kernels_queue_asks_for_a_scan()
    {
        using var events = Open();
        var overflow = InotifyRecords.Format(new InotifyRecord(-1, Inotify.Mask.QueueOverflow, ""));
        var named = InotifyRecords.Format(new InotifyRecord(77, Inotify.Mask.CloseWrite, "ä.trigger"));
        var records = InotifyRecords.Parse([.. named, .. overflow]);
        Assert.Equal([new InotifyRecord(77, Inotify.Mask.CloseWrite, "ä.trigger"), new InotifyRecord(-1, Inotify.Mask.QueueOverflow, "")], records);
        events.Handle(records[1]);
        Assert.Equal(InboxEventKind.Lost, (await Next(events)).Kind);
    }

    [Fact]
    public async Task The_removal_of_the_inbox_itself_is_reported()
    {
        using var events = Open();
        Directory.Delete(_inbox.Root, recursive: true);
        Assert.Equal(InboxEventKind.Lost, (await Next(events)).Kind);
        Assert.True(events.HasEnded);
        Directory.CreateDirectory(_inbox.Root);
    }

    [Fact]
    public void More_events_than_fit_become_one_loss()
    {
        var queue = new EventQueue();
        for (var i = 0; i < 10_000; i++)
        {
            queue.Add(new InboxEvent(InboxEventKind.Finished, $"{i}.trigger"));
        }

        Assert.True(queue.TryRead(out var first));
        Assert.Equal(InboxEventKind.Lost, first.Kind);
        Assert.True(queue.TryRead(out var second));
        Assert.Equal("0.trigger", second.Path);
    }

    [Fact]
    public void Opening_and_closing_many_times_leaves_nothing_open()
    {
        var before = Directory.GetFiles("/proc/self/fd").Length;
        for (var i = 0; i < 300; i++)
        {
            using var events = Open();
            events.Dispose();
        }

        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, before + 100);
    }

    [Fact]
    public async Task The_watcher_takes_a_touched_trigger_by_its_event_alone()
    {
        using var watcher = new InboxWatcher(
            _inbox.Inbox, _inbox.Ledger, _inbox.Ledger, _inbox.Ledger, _inbox.Files, (root, recursive) => InboxEvents.Open(root, recursive, TimeProvider.System),
            new RetentionOptions(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        await watcher.RunOnceAsync(Token);
        Assert.Equal("events", watcher.Mode);
        _inbox.Deliver("orders.csv");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (_inbox.Ledger.Accepted.Count == 0)
        {
            await watcher.WaitAsync(deadline.Token);
            await watcher.RunOnceAsync(deadline.Token);
        }

        Assert.True(_inbox.Has("orders.csv.queued"));
    }
}

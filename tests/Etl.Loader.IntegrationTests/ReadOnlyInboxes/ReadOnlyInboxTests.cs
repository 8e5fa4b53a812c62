using Etl.Loader.Inboxes;
using Etl.Loader.Inboxes.Watching;
using Etl.Loader.IntegrationTests.Queue;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Jobs;
using Etl.Loader.Targets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Etl.Loader.IntegrationTests.ReadOnlyInboxes;

/// <summary>Watchers of an inbox with <c>Markers</c> none over a real ledger: of each delivered trigger one load, no matter who looks and whatever dies.</summary>
public sealed class ReadOnlyInboxTests(PostgresServer server) : IDisposable
{
    private readonly ReadOnlyDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    private InboxWatcher Watcher(QueueStage stage, TimeSpan? kept = null, Action<WatcherStep, string>? atStep = null)
    {
        var options = new LoaderOptions
        {
            Targets = { [QueueStage.Target] = new TargetOptions() },
            Inboxes =
            {
                ["in"] = new InboxOptions
                {
                    Path = _directory.Root,
                    Target = QueueStage.Target,
                    Markers = "none",
                    ScanInterval = TimeSpan.FromMilliseconds(100),
                    TriggerSettle = TimeSpan.FromMilliseconds(100),
                    ManifestPatience = TimeSpan.FromMilliseconds(200),
                },
            },
        };
        var catalog = new InboxCatalog(options);
        return new InboxWatcher(
            catalog.Get("in"), stage.Get<IAcceptLoads>(), stage.Get<ITakenTriggers>(), stage.Get<ILoadQueries>(),
            new InboxFiles(catalog, NullLogger<InboxFiles>.Instance), (root, recursive) => InboxEvents.Open(root, recursive, TimeProvider.System),
            new RetentionOptions { TakenTriggers = kept ?? TimeSpan.FromDays(30) }, TimeProvider.System, NullLogger.Instance, atStep);
    }

    private static Task<long> LoadsAsync(QueueStage stage) => stage.ScalarAsync<long>("SELECT count(*) FROM etl_loader.load");

    private static Task<long> TakenAsync(QueueStage stage) => stage.ScalarAsync<long>("SELECT count(*) FROM etl_loader.taken_triggers");

    private static async Task UntilAsync(InboxWatcher watcher, Func<Task<bool>> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        do
        {
            await watcher.RunOnceAsync(deadline.Token);
            await watcher.WaitAsync(deadline.Token);
        }
        while (!await condition());
    }

    private static Task UntilLoadsAsync(InboxWatcher watcher, QueueStage stage, long loads) =>
        UntilAsync(watcher, async () => watcher.Waiting == 0 && await LoadsAsync(stage) >= loads);

    /// <summary>Long enough for several scans to have taken whatever they would take.</summary>
    private static async Task ScanAsync(InboxWatcher watcher)
    {
        var began = TimeProvider.System.GetTimestamp();
        await UntilAsync(watcher, () => Task.FromResult(watcher.Waiting == 0 && TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Each_delivery_is_a_load_once_and_the_directory_stays_as_it_is()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        using (var watcher = Watcher(stage))
        {
            _directory.Deliver("orders.csv");
            await UntilLoadsAsync(watcher, stage, 1);
            _directory.Deliver("orders.csv");
            await UntilLoadsAsync(watcher, stage, 2);
            await ScanAsync(watcher);
            Assert.Equal("watching", watcher.State);
        }

        using var next = Watcher(stage);
        await ScanAsync(next);
        Assert.Equal((2L, 2L), (await LoadsAsync(stage), await TakenAsync(stage)));
        Assert.Equal(2L, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.job"));
        Assert.Equal([".etl-loader-inbox", "orders.csv", "orders.csv.trigger"], _directory.Names);
    }

    [Fact]
    public async Task Watchers_that_all_know_nothing_of_a_trigger_yet_make_one_load_of_it()
    {
        const int triggers = 60;
        await using var stage = await QueueStage.OpenAsync(server);
        for (var i = 0; i < triggers; i++)
        {
            _directory.Deliver($"d{i:d2}.csv");
        }

        // Each has asked what is taken before any accepts: only the database can decide. How many rounds each needs for the rest is its own matter.
        using var together = new Barrier(3);
        var watchers = Enumerable.Range(0, 3).Select(_ =>
        {
            var met = false;
            return Watcher(stage, atStep: (step, _) =>
            {
                if (step == WatcherStep.BeforeAccept && !met)
                {
                    met = true;
                    Assert.True(together.SignalAndWait(TimeSpan.FromSeconds(30)));
                }
            });
        }).ToList();
        var reported = await Task.WhenAll(watchers.Select(watcher => Task.Run(
            async () =>
            {
                var accepted = 0;
                await watcher.RunOnceAsync(Token);
                do
                {
                    await watcher.WaitAsync(Token);
                    accepted += (await watcher.RunOnceAsync(Token)).Accepted;
                }
                while (watcher.Waiting > 0);
                return accepted;
            },
            Token)));

        Assert.Equal(triggers, reported.Sum());
        Assert.Equal((triggers, triggers), (await LoadsAsync(stage), await TakenAsync(stage)));
        Assert.Equal((long)triggers, await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.job"));
        watchers.ForEach(w => w.Dispose());
    }

    [Fact]
    public async Task Death_between_row_and_job_leaves_the_trigger_to_be_taken()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        _directory.Deliver("orders.csv");
        var acceptance = (LoadAcceptance)stage.Get<IAcceptLoads>();
        acceptance.BetweenRowAndJob = () => throw new InvalidOperationException("died");
        using (var dying = Watcher(stage, atStep: (step, _) => Assert.NotEqual(WatcherStep.AfterAccept, step)))
        {
            await Assert.ThrowsAnyAsync<Exception>(() => UntilLoadsAsync(dying, stage, 1));
        }

        Assert.Equal((0L, 0L), (await LoadsAsync(stage), await TakenAsync(stage)));
        acceptance.BetweenRowAndJob = null;
        using var next = Watcher(stage);
        await UntilLoadsAsync(next, stage, 1);
        Assert.Equal((1L, 1L), (await LoadsAsync(stage), await TakenAsync(stage)));
    }

    [Fact]
    public async Task Death_right_after_the_acceptance_makes_no_second_load()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        _directory.Deliver("orders.csv");
        using (var dying = Watcher(stage, atStep: (step, _) => Assert.NotEqual(WatcherStep.AfterAccept, step)))
        {
            await Assert.ThrowsAnyAsync<Exception>(() => UntilLoadsAsync(dying, stage, 1));
        }

        using var next = Watcher(stage);
        await ScanAsync(next);
        Assert.Equal(1L, await LoadsAsync(stage));
    }

    [Theory]
    [InlineData("{ broken")]
    [InlineData("""{"tabel":"x"}""")]
    public async Task A_bad_trigger_is_one_failed_row(string trigger)
    {
        await using var stage = await QueueStage.OpenAsync(server);
        _directory.Deliver("bad.csv", trigger: trigger);
        using (var watcher = Watcher(stage))
        {
            await UntilLoadsAsync(watcher, stage, 1);
            await ScanAsync(watcher);
        }

        using var next = Watcher(stage);
        await ScanAsync(next);
        Assert.Equal((1L, 1L), (await LoadsAsync(stage), await stage.ScalarAsync<long>("SELECT count(*) FROM etl_loader.load WHERE status = 'failed'")));
        Assert.Equal(1L, await stage.ScalarAsync<long>("SELECT count(*) FROM etl_loader.outbox"));
    }

    [Fact]
    public async Task What_lies_there_is_known_forever_and_what_is_gone_is_forgotten_after_its_time()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        _directory.Deliver("old.csv");
        _directory.Deliver("gone.csv");
        using (var watcher = Watcher(stage))
        {
            await UntilLoadsAsync(watcher, stage, 2);
        }

        async Task AgeAsync() =>
            await stage.ExecuteAsync("UPDATE etl_loader.taken_triggers SET taken_at = taken_at - interval '1 year', gone_at = gone_at - interval '31 days'");
        async Task LookAsync()
        {
            // A new watcher compares in its first round.
            using var watcher = Watcher(stage);
            await ScanAsync(watcher);
        }

        _directory.Remove("gone.csv.trigger");
        await AgeAsync();
        await LookAsync();
        Assert.Equal(["gone.csv.trigger"], await GoneAsync());
        await LookAsync();
        Assert.Equal(2L, await TakenAsync(stage));
        await AgeAsync();
        await LookAsync();
        Assert.Equal("old.csv.trigger", await stage.ScalarAsync<string>("SELECT string_agg(path, ',') FROM etl_loader.taken_triggers"));
        Assert.Equal(2L, await LoadsAsync(stage));

        async Task<string[]> GoneAsync() =>
            await stage.ScalarAsync<string[]>("SELECT array_agg(path) FROM etl_loader.taken_triggers WHERE gone_at IS NOT NULL");
    }

    [Fact]
    public async Task A_trigger_that_was_gone_and_is_back_is_known_and_stays()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        _directory.Deliver("orders.csv");
        using (var watcher = Watcher(stage))
        {
            await UntilLoadsAsync(watcher, stage, 1);
        }

        await stage.ExecuteAsync("UPDATE etl_loader.taken_triggers SET gone_at = now() - interval '1 year'");
        using var next = Watcher(stage);
        await ScanAsync(next);
        Assert.Equal((1L, 1L), (await LoadsAsync(stage), await stage.ScalarAsync<long>("SELECT count(*) FROM etl_loader.taken_triggers WHERE gone_at IS NULL")));
    }

    [Fact]
    public async Task A_trigger_that_another_load_has_is_left_out_of_the_answer()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var trigger = new TriggerIdentity("a.csv.trigger", 0, DateTimeOffset.UnixEpoch, -1, "");
        var (first, second, other) = (stage.New() with { Trigger = trigger }, stage.New() with { Trigger = trigger }, stage.New());
        var ledger = stage.Get<IAcceptLoads>();
        Assert.True(Assert.Single(await ledger.AcceptAsync([first], Token)).New);
        Assert.Equal([other.Id], (await ledger.AcceptAsync([second, other], Token)).Select(a => a.Id));
        Assert.Equal(new Acceptance(first.Id, New: false, LoadStatus.Queued), Assert.Single(await ledger.AcceptAsync([first], Token)));
        Assert.Empty(await ledger.AcceptAsync([second], Token));
        Assert.Equal([trigger], await stage.Get<ITakenTriggers>().FindAsync("in", [trigger with { Inode = 1 }, trigger], Token));
        Assert.Empty(await stage.Get<ITakenTriggers>().FindAsync("elsewhere", [trigger], Token));
        Assert.Equal((2L, 2L), (await LoadsAsync(stage), await stage.ScalarAsync<long>("SELECT count(*) FROM hangfire.job")));
    }
}

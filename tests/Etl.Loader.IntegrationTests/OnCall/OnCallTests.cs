using Etl.Loader.IntegrationTests.EndToEnd;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.IntegrationTests.Targets.DuckDb;

namespace Etl.Loader.IntegrationTests.OnCall;

/// <summary>
/// Each state that an operator can meet, made for real one after the other, says the same true thing wherever it is looked at, and is gone from there
/// with its end. The table of it is the one of <c>docs/on-call.md</c>.
/// </summary>
public sealed class OnCallTests(PostgresServer server) : IDisposable
{
    private static readonly string[] OfLanes = ["status", "status --watch", "the screen of status --watch", "doctor", "page Lanes", "page Loads", "/api/lanes"];
    private static readonly string[] OfInboxes = ["status", "status --watch", "the screen of status --watch", "doctor", "page Watchers", "/api/watchers"];
    private static readonly string[] OfDeliveries = ["status", "status --watch", "the screen of status --watch", "doctor"];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client = new();
    private readonly List<string> _rows = [];
    private readonly List<string> _wrong = [];
    private OnCallSite _site = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Every_state_says_the_same_true_thing_wherever_it_is_looked_at_and_is_gone_with_its_end()
    {
        await using var site = _site = await OnCallSite.StartAsync(server);
        await site.UntilLoadedAsync(site.Deliver("warehouse"));
        await site.UntilLoadedAsync(site.Deliver("lake"));
        await SeenAsync("all well", "idle", 0, 0, OfLanes, ("etl_loader_lane_held", "warehouse", 1), ("etl_loader_lane_waiting", "warehouse", 0));
        await SeenAsync("a delivery is late", "nightly-*.csv of inbox warehouse was due at DATE UTC and has not arrived; none has ever arrived", 0, 0, OfDeliveries, ("etl_loader_tables_late", "", 1));
        await LoadersAsync();
        await TargetsAsync();
        await OthersAsync();
        Assert.True(_wrong.Count == 0, string.Join("\n\n", _wrong) + "\n\n" + string.Join('\n', _rows));
        Compare();
    }

    private async Task LoadersAsync()
    {
        Signals.Kill(_site.Loader.Id);
        await SeenAsync("the loader is dead", "not served, silent for N s (host:pid)", 3, 3, OfLanes, ("etl_loader_lane_held", "warehouse", 0), ("etl_loader_lane_silence_seconds", "warehouse", null));
        _site.StartLoader();
        await GoneAsync("warehouse");

        Signals.Freeze(_site.Loader.Id, frozen: true);
        await SeenAsync("the loader is frozen", "not served, silent for N s (host:pid)", 3, 3, OfLanes, ("etl_loader_lane_held", "warehouse", 0), ("etl_loader_lane_silence_seconds", "warehouse", null));
        var standby = _site.StartStandby();
        await SeenAsync(
            "the loader is frozen, and a standby may not take over", "not served, silent for N s (host:pid); host:pid stands by", 3, 3, [.. OfLanes.Except(["page Loads"])], ("etl_loader_lane_held", "warehouse", 0));
        await standby.StopAsync();
        Signals.Freeze(_site.Loader.Id, frozen: false);
        await GoneAsync("warehouse");

        await _site.QueueAsync("INSERT INTO etl_loader.lane_status (target, paused_at, paused_by, pause_reason) VALUES ('warehouse', now(), 'ann', 'vacuum') ON CONFLICT (target) DO UPDATE SET paused_at = now(), paused_by = 'ann', pause_reason = 'vacuum'");
        await SeenAsync("somebody paused the lane", "paused N s ago by ann: vacuum", 0, 0, OfLanes, ("etl_loader_lane_held", "warehouse", 1), ("etl_loader_lane_paused", "warehouse", 1));
        await _site.QueueAsync("UPDATE etl_loader.lane_status SET paused_at = NULL, paused_by = NULL, pause_reason = NULL WHERE target = 'warehouse'");
        await GoneAsync("warehouse");
    }

    private async Task TargetsAsync()
    {
        await AwayAsync(
            "the target's server is stopped", "target warehouse does not answer: Failed to connect to 127.0.0.1:port (connection refused)", 3, () => _site.Cluster.StopAsync(Token), () => _site.Cluster.StartAsync(Token));
        await AwayAsync(
            "the target takes no sessions (ALLOW_CONNECTIONS false)",
            "target warehouse: database \"warehouse\" is not currently accepting connections [SQLSTATE 55000]",
            3,
            () => EndedAsync("ALTER DATABASE warehouse ALLOW_CONNECTIONS false"),
            () => _site.AdministerAsync("ALTER DATABASE warehouse ALLOW_CONNECTIONS true"));
        await AwayAsync(
            "the target's database was renamed or dropped",
            "target warehouse: database \"warehouse\" does not exist [SQLSTATE 3D000]",
            2,
            async () =>
            {
                await EndedAsync("ALTER DATABASE warehouse ALLOW_CONNECTIONS false");
                await _site.AdministerAsync("ALTER DATABASE warehouse RENAME TO elsewhere");
            },
            async () =>
            {
                await _site.AdministerAsync("ALTER DATABASE elsewhere RENAME TO warehouse");
                await _site.AdministerAsync("ALTER DATABASE warehouse ALLOW_CONNECTIONS true");
            });
        await AwayAsync(
            "the target's password is wrong",
            "target warehouse: password authentication failed for user \"etl\" [SQLSTATE 28P01]",
            2,
            () => EndedAsync("ALTER ROLE etl PASSWORD 'wrong'"),
            () => _site.AdministerAsync("ALTER ROLE etl PASSWORD 'right'"));
        await AwayAsync(
            "the role may not log in",
            "target warehouse: role \"etl\" is not permitted to log in [SQLSTATE 28000]",
            2,
            () => EndedAsync("ALTER ROLE etl NOLOGIN"),
            () => _site.AdministerAsync("ALTER ROLE etl LOGIN"));
        await AwayAsync(
            "the role may not connect to the database",
            "target warehouse: permission denied for database \"warehouse\" (User does not have CONNECT privilege.) [SQLSTATE 42501]",
            2,
            () => EndedAsync("REVOKE CONNECT ON DATABASE warehouse FROM etl"),
            () => _site.AdministerAsync("GRANT CONNECT ON DATABASE warehouse TO etl"));
        if (_site.HasDisk)
        {
            await AwayAsync("the target's disk is full", "No space left on device", 0, FillAsync, FreeAsync);
        }

        OtherProcess? reader = null;
        await AwayAsync(
            "another process holds the DuckDB file",
            "process N",
            0,
            async () => reader = await OtherProcess.ReadAsync(_site.Lake, Token),
            async () => await reader!.DisposeAsync(),
            "lake");
    }

    private async Task OthersAsync()
    {
        var identity = Path.Combine(_site.Inbox("lake"), ".etl-loader-inbox");
        File.Move(identity, identity + ".away");
        await SeenAsync("an inbox is away", "away: Inbox 'lake' at DIR/inbox/lake is away", 0, 0, OfInboxes, ("etl_loader_inbox_watchers", "lake", 0));
        File.Move(identity + ".away", identity);
        await SeenAsync("an inbox is back", "watching", 0, 0, OfInboxes.Except(["the screen of status --watch"]), ("etl_loader_inbox_watchers", "lake", 1));

        Signals.Kill(_site.Watcher.Id);
        await _site.QueueAsync("UPDATE etl_loader.watchers SET reported_at = now() - interval '100 seconds'");
        await SeenAsync("the watcher is dead", "silent for N s", 3, 3, OfInboxes, ("etl_loader_inbox_watchers", "lake", 0), ("etl_loader_inbox_silence_seconds", "lake", null));
        var watcher = _site.StartWatcher();
        await SeenAsync("another watcher watches", "watching", 0, 0, OfInboxes.Except(["the screen of status --watch"]), ("etl_loader_inbox_watchers", "lake", 1));
        Assert.Equal(0, await watcher.StopAsync());
        Assert.Equal("0", await _site.QueueAsync($"SELECT count(*) FROM etl_loader.watchers WHERE process_id = {watcher.Id}"));
        _site.StartWatcher();

        await _site.AllowQueueAsync(false);
        await SeenAsync("the queue database is away", "is not currently accepting connections", 3, 3, ["status", "status --watch", "the screen of status --watch", "doctor"], ("etl_loader_figures_age_seconds", "", null));
        var observed = await Observation.MakeAsync(_site, _client);
        Assert.All([observed.Lanes, observed.Watchers, observed.LanesApi, observed.WatchersApi], page => Assert.StartsWith("503", page, StringComparison.Ordinal));
        await _site.AllowQueueAsync(true);
        await GoneAsync("warehouse");
    }

    /// <summary>A load meets the state and waits; it ends well once that is over, and no word of the wait stays anywhere.</summary>
    private async Task AwayAsync(string state, string says, int doctor, Func<Task> make, Func<Task> end, string target = "warehouse")
    {
        await make();
        var load = _site.Deliver(target);
        await SeenAsync(state, says, 0, doctor, OfLanes, ("etl_loader_lane_held", target, 1), ("etl_loader_lane_waiting", target, 1));
        await end();
        await _site.UntilLoadedAsync(load);
        await GoneAsync(target);
    }

    /// <summary>Waits until every place says it, with the exit codes and gauges, and makes a row of it.</summary>
    private async Task SeenAsync(string state, string says, int status, int doctor, IEnumerable<string> places, params (string Name, string Label, double? Value)[] gauges)
    {
        var missing = "";
        await LookAsync(
            async () =>
            {
                var seen = await Observation.MakeAsync(_site, _client);
                missing = string.Join('\n', seen.Texts.Where(t => places.Contains(t.Place) && !t.Text.Contains(says, StringComparison.Ordinal)).Select(t => $"{t.Place} says: {t.Text}")
                    .Concat(gauges.Where(g => g.Value is { } value ? seen.Gauge(g.Name, g.Label) != value : seen.Gauge(g.Name, g.Label) is not > 0).Select(g => $"{g.Name} {g.Label} is {seen.Gauge(g.Name, g.Label)}"))
                    .Concat(seen.StatusCode == status ? [] : [$"status ended with {seen.StatusCode}: {seen.Status}"])
                    .Concat(seen.DoctorCode == doctor ? [] : [$"doctor ended with {seen.DoctorCode}: {seen.Doctor}"]));
                return missing.Length == 0 ? seen : null;
            },
            () => $"{state}: not everywhere \"{says}\" with exit codes {status} and {doctor}:\n{missing}");
        _rows.Add($"| {state} | {says} | {status} | {doctor} | {string.Join(", ", gauges.Select(g => $"`{g.Name}` {(g.Value is { } value ? $"{value:0}" : "rises")}"))} |");
    }

    private async Task GoneAsync(string target)
    {
        var seen = "";
        await LookAsync(
            async () =>
            {
                seen = await _site.QueueAsync($"SELECT concat_ws(' ', served, holder, waits_for, waits_since) FROM etl_loader.lane_service WHERE target = '{target}'") ?? "";
                var observed = await Observation.MakeAsync(_site, _client);
                return observed.Gauge("etl_loader_lane_held", target) == 1 && observed.Gauge("etl_loader_lane_waiting", target) == 0
                    && observed is { StatusCode: 0 } && observed.Texts.All(t => !t.Text.Contains("waiting for", StringComparison.Ordinal) && !t.Text.Contains("waits:", StringComparison.Ordinal))
                    ? observed : null;
            },
            () => $"lane {target} is not as before: {seen}");
    }

    /// <summary>One state that is shown wrongly does not keep the others from being looked at.</summary>
    private async Task LookAsync(Func<Task<Observation?>> look, Func<string> whatWasSeen)
    {
        try
        {
            await Deadline.WaitAsync(look, whatWasSeen, Limit, Token);
        }
        catch (TimeoutException wrong)
        {
            _wrong.Add(wrong.Message);
        }
    }

    private void Compare()
    {
        var table = string.Join('\n', _rows);
        TestContext.Current.TestOutputHelper?.WriteLine(table);
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "on-call.md"));
        var rows = page.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && line.Count(c => c == '|') == 6).Skip(1).ToArray();
        if (!_site.HasDisk)
        {
            rows = [.. rows.Where(r => !r.Contains("disk is full", StringComparison.Ordinal))];
        }

        Assert.Equal(table, string.Join('\n', rows));
    }

    private async Task EndedAsync(string sql)
    {
        await _site.AdministerAsync(sql);
        await _site.EndSessionsAsync();
    }

    private Task FillAsync()
    {
        _site.FillDisk();
        return Task.CompletedTask;
    }

    private Task FreeAsync()
    {
        _site.FreeDisk();
        return Task.CompletedTask;
    }
}

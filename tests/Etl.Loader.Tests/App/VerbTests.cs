using System.Net.Sockets;
using System.Text.Json;
using Etl.Loader.App;
using Etl.Loader.App.Commands;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;
using Npgsql;

namespace Etl.Loader.Tests.App;

public class VerbTests
{
    private readonly VerbRun _run = new();

    [Fact]
    public async Task A_misspelt_verb_is_wrong_usage_and_the_nearest_is_named()
    {
        Assert.Equal(ExitCodes.Usage, await _run.RunAsync("stauts"));
        Assert.Contains("did you mean status?", _run.Errors, StringComparison.Ordinal);
        Assert.Empty(_run.Printed);
    }

    [Theory]
    [InlineData("status", "--nonsense")]
    [InlineData("wait", "--timeout", "soon")]
    [InlineData("loads", "--limit", "0")]
    [InlineData("requeue")]
    [InlineData("show")]
    [InlineData("deliver", "orders.csv")]
    public async Task Wrong_usage_names_the_verbs_help(params string[] arguments)
    {
        Assert.Equal(ExitCodes.Usage, await _run.RunAsync(arguments));
        Assert.Contains($"See: etl-loader {arguments[0]} --help", _run.Errors, StringComparison.Ordinal);
    }

    public static TheoryData<string> Verbs => [.. CommandLine.Build(Surroundings.Real).Subcommands.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Every_verb_has_help_that_asks_no_database(string verb)
    {
        _run.Ledger.Add("orders.csv", LoadStatus.Failed);

        Assert.Equal(ExitCodes.Done, await _run.RunAsync(verb, "--help"));

        Assert.Contains($" {verb} ", _run.Printed, StringComparison.Ordinal);
        Assert.Equal(0, _run.Accesses);
        Assert.InRange(_run.Printed.Length, 100, 4000);
    }

    [Theory]
    [InlineData("requeue has no option '--dryrun'; did you mean --dry-run?", "requeue", "--dryrun", "file:empty.csv", "--yes")]
    [InlineData("requeue has no option '--yess'; did you mean --yes?", "requeue", "file:empty.csv", "--yess")]
    [InlineData("requeue has no option '--dry-runn'; did you mean --dry-run?", "requeue", "--reason", "--dry-runn", "file:empty.csv", "--yes")]
    [InlineData("loads has no option '--jsn'; did you mean --json?", "loads", "--jsn")]
    [InlineData("loads has no option '--limt'; did you mean --limit?", "loads", "--limt=7")]
    [InlineData("cancel has no option '-y'; did you mean --yes?", "cancel", "-y", "target:warehouse")]
    [InlineData("wait has no option '-1h'; did you mean --", "wait", "-1h")]
    [InlineData("show has no option '--jsn'; did you mean --json?", "show", "1", "--jsn")]
    [InlineData("etl-loader has no option '--hepl'; did you mean --help?", "--hepl")]
    public async Task A_word_that_looks_like_an_option_and_is_none_is_an_error_naming_the_nearest(string error, params string[] arguments)
    {
        _run.Ledger.Add("empty.csv", LoadStatus.Failed);

        Assert.Equal(ExitCodes.Usage, await _run.RunAsync(arguments));

        Assert.StartsWith($"error: {error}", _run.Errors, StringComparison.Ordinal);
        Assert.Empty(_run.Ledger.Actions);
        Assert.Equal("", _run.Printed);
    }

    [Fact]
    public async Task A_word_after_two_hyphens_is_not_an_option_and_a_value_may_begin_with_one()
    {
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("loads", "--", "--jsn"));
        Assert.Equal("*--jsn*", _run.Ledger.LastFilter!.File);

        var load = _run.Ledger.Add("a.csv", LoadStatus.Failed);
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("requeue", load.Short, "--reason=--asked for"));
        Assert.Equal($"requeue {load} kim@host --asked for", Assert.Single(_run.Ledger.Actions));
    }

    [Theory]
    [InlineData("requeue", "file:a.csv", "file:b.csv", "--yes")]
    [InlineData("loads", "target:warehouse", "target:lake")]
    [InlineData("wait", "orders", "file:b.csv")]
    public async Task A_key_that_stands_twice_in_a_filter_is_an_error(params string[] arguments)
    {
        _run.Ledger.Add("a.csv", LoadStatus.Failed);

        Assert.Equal(ExitCodes.Usage, await _run.RunAsync(arguments));

        Assert.Contains("twice", _run.Errors, StringComparison.Ordinal);
        Assert.Empty(_run.Ledger.Actions);
    }

    [Fact]
    public async Task A_value_that_a_shell_kept_together_stays_together()
    {
        await _run.RunAsync("loads", "file:my file.csv");
        Assert.Equal("my file.csv", _run.Ledger.LastFilter!.File);

        await _run.RunAsync("loads", "status:failed target:lake");
        Assert.Equal("lake", _run.Ledger.LastFilter!.Target);
    }

    [Fact]
    public async Task A_load_is_found_by_the_id_that_is_shown()
    {
        var load = _run.Ledger.Add("orders.csv", LoadStatus.Failed);
        _run.Ledger.Add("other.csv", LoadStatus.Failed);

        Assert.Equal(ExitCodes.Done, await _run.RunAsync("loads"));
        Assert.Contains(load.Short, _run.Printed, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("show", load.Short));
        Assert.Equal(ExitCodes.LoadsFailed, await _run.RunAsync("wait", load.Short));
        Assert.DoesNotContain("other.csv", _run.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("requeue", load.Short));
        Assert.Contains($"{load.Short} warehouse/orders.csv queued", _run.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_that_times_out_names_the_time_that_was_given()
    {
        _run.Ledger.Add("orders.csv", LoadStatus.Loading);

        Assert.Equal(ExitCodes.TimedOut, await _run.RunAsync("wait", "file:orders.csv", "--timeout", "3s"));
        Assert.StartsWith("error: The load had no outcome within 3 s: ", _run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_queue_database_that_is_away_is_not_reachable()
    {
        _run.Ledger.Fault = new NpgsqlException("Failed to connect", new SocketException((int)SocketError.ConnectionRefused));

        Assert.Equal(ExitCodes.NotReachable, await _run.RunAsync("status"));
        Assert.Contains("does not answer", _run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_ends_well_when_all_are_loaded_or_superseded()
    {
        var first = _run.Ledger.Add("orders.csv", LoadStatus.Queued, LoadStatus.Loading, LoadStatus.Loaded);
        var second = _run.Ledger.Add("older.csv", LoadStatus.Queued, LoadStatus.Superseded);

        Assert.Equal(ExitCodes.Done, await _run.RunAsync("wait", first.ToString(), second.ToString(), "--timeout", "1h"));
        Assert.Contains("warehouse/orders.csv loaded, 1,234 rows", _run.Printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Failed")]
    [InlineData("Cancelled")]
    public async Task Waiting_for_a_load_that_ends_badly_says_so(string outcome)
    {
        _run.Ledger.Add("orders.csv", LoadStatus.Loading, Enum.Parse<LoadStatus>(outcome));

        Assert.Equal(ExitCodes.LoadsFailed, await _run.RunAsync("wait"));
        Assert.Contains("warehouse/orders.csv", _run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_load_is_reported_with_its_error_and_what_to_do()
    {
        var load = _run.Ledger.Add("orders.csv", LoadStatus.Failed);

        await _run.RunAsync("wait", load.ToString()[..8]);

        Assert.Contains("line 7: 'x' is not a valid bigint", _run.Errors, StringComparison.Ordinal);
        Assert.Contains("Repair line 7 and requeue.", _run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_longer_than_allowed_times_out()
    {
        var load = _run.Ledger.Add("orders.csv", LoadStatus.Loading);

        Assert.Equal(ExitCodes.TimedOut, await _run.RunAsync("wait", load.ToString(), "--timeout", "30s"));
    }

    [Fact]
    public async Task Waiting_for_a_filter_that_nothing_matches_times_out()
    {
        Assert.Equal(ExitCodes.TimedOut, await _run.RunAsync("wait", "file:orders.csv", "--timeout", "30s"));
        Assert.Contains("no load matched", _run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_whatever_is_open_ends_at_once_when_nothing_is() =>
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("wait"));

    [Fact]
    public async Task Json_of_loads_has_the_columns_of_the_view()
    {
        var load = _run.Ledger.Add("orders.csv", LoadStatus.Loaded);

        Assert.Equal(ExitCodes.Done, await _run.RunAsync("loads", "--json"));
        var line = JsonDocument.Parse(_run.Printed).RootElement[0];
        Assert.Equal(load.ToString(), line.GetProperty("load_id").GetString());
        Assert.Equal("loaded", line.GetProperty("status").GetString());
        Assert.Equal(1234, line.GetProperty("rows_loaded").GetInt64());
        Assert.Equal(
            ["load_id", "inbox", "dataset", "target", "table_name", "status", "stage", "attempt", "rows_loaded", "rows_rejected", "bytes_done", "bytes_total",
                "accepted_at", "started_at", "finished_at", "next_attempt_at", "waits_for", "error", "job_id"],
            line.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task Printed_names_cannot_move_the_cursor()
    {
        _run.Ledger.Add("ord\u001b[2Jers\n.csv", LoadStatus.Queued);

        await _run.RunAsync("loads");

        Assert.DoesNotContain('\u001b', _run.Printed);
        Assert.Contains("ord [2Jers .csv", _run.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_failed_loads_are_requeued_oldest_first_with_actor_and_reason()
    {
        var first = _run.Ledger.Add("a.csv", LoadStatus.Failed);
        _run.Ledger.Add("b.csv", LoadStatus.Loaded);
        var third = _run.Ledger.Add("c.csv", LoadStatus.Failed);

        Assert.Equal(ExitCodes.Done, await _run.RunAsync("requeue", "--failed", "--reason", "repaired"));
        Assert.Equal([$"requeue {first} kim@host repaired", $"requeue {third} kim@host repaired"], _run.Ledger.Actions);
    }

    [Fact]
    public async Task What_one_load_refuses_does_not_keep_the_others_from_it()
    {
        var loaded = _run.Ledger.Add("a.csv", LoadStatus.Loaded);
        var failed = _run.Ledger.Add("b.csv", LoadStatus.Failed);

        Assert.Equal(ExitCodes.Usage, await _run.RunAsync("requeue", loaded.ToString(), failed.ToString()));
        Assert.Equal($"requeue {failed} kim@host ", Assert.Single(_run.Ledger.Actions));
        Assert.Contains($"etl-loader reload {loaded}", _run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pause_shows_who_and_why()
    {
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("pause", "warehouse", "--now", "--reason", "maintenance"));
        Assert.Equal("pause warehouse now=True kim@host maintenance", Assert.Single(_run.Ledger.Actions));
    }

    [Fact]
    public async Task A_lane_that_is_paused_already_shows_by_whom_and_why()
    {
        _run.Ledger.Pause = new LanePause("warehouse", DateTimeOffset.UnixEpoch, "ann", "vacuum", Now: false, Changed: true);

        Assert.Equal(ExitCodes.Done, await _run.RunAsync("pause", "warehouse", "--reason", "mine"));
        Assert.Equal("Lane warehouse was already paused by ann at 1970-01-01 00:00:00Z: vacuum. Nothing was changed.", _run.Printed.TrimEnd());
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("pause", "warehouse", "--now"));
        Assert.Contains("already paused by ann at 1970-01-01 00:00:00Z: vacuum. Its running load is handed back now.", _run.Printed, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("resume", "warehouse"));
        Assert.Contains("it was paused by ann: vacuum", _run.Printed, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("resume", "warehouse"));
        Assert.Contains("Lane warehouse is not paused. Nothing was changed.", _run.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_status_names_who_holds_a_lane_and_who_paused_it()
    {
        _run.Ledger.Lanes =
        [
            LaneRow.Of(new()
            {
                Target = "warehouse",
                ReadAt = DateTimeOffset.UnixEpoch.AddHours(1),
                Holder = "host:7",
                Served = true,
                PausedAt = DateTimeOffset.UnixEpoch,
                PausedBy = "kim",
                PauseReason = "maintenance",
                Waiting = new Work(14, 3_200_000_000),
            }),
            LaneRow.Unserved("lake"),
        ];

        Assert.Equal(ExitCodes.NotReachable, await _run.RunAsync("status"));
        Assert.Contains("error: lane lake: not served. Start etl-loader serve or up.", _run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("lane warehouse", _run.Errors, StringComparison.Ordinal);
        Assert.Contains("paused 1 h 0 min ago by kim: maintenance", _run.Printed, StringComparison.Ordinal);
        Assert.Contains("3.2 GB", _run.Printed, StringComparison.Ordinal);
        Assert.Contains("not served", _run.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_holder_and_an_inbox_that_no_one_watches_end_the_status_with_3_and_late_deliveries_are_named()
    {
        _run.Ledger.Lanes = [LaneRow.Of(new() { Target = "warehouse", ReadAt = DateTimeOffset.UnixEpoch, Holder = "host:7", SilentFor = TimeSpan.FromSeconds(100) })];
        _run.Ledger.Watchers =
        [
            new("host", 7, "lake", "events", WatcherReport.Watching, null, null, null, "1", null, Reporting: false, SilentSeconds: 100),
            new("host", 8, "lake", "events", WatcherReport.Watching, null, null, null, "1"),
            new("host", 7, "warehouse", "events", WatcherReport.Watching, null, null, null, "1", null, Reporting: false, SilentSeconds: 100),
        ];
        _run.Late = [new("warehouse", "orders-*.csv", "warehouse", "orders", DateTimeOffset.UnixEpoch, null)];

        Assert.Equal(ExitCodes.NotReachable, await _run.RunAsync("status"));
        Assert.Contains("warehouse: not served, silent for 1 min 40 s (host:7)", _run.Printed, StringComparison.Ordinal);
        Assert.Contains("late: orders-*.csv of inbox warehouse was due at 1970-01-01 00:00 UTC and has not arrived; none has ever arrived", _run.Printed, StringComparison.Ordinal);
        Assert.Contains("error: lane warehouse: not served, silent for 1 min 40 s (host:7).", _run.Errors, StringComparison.Ordinal);
        Assert.Contains("error: inbox warehouse: not watched, silent for 1 min 40 s (host:7).", _run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("inbox lake", _run.Errors, StringComparison.Ordinal);
    }
}

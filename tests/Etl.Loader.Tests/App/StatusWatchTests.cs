using Etl.Loader.App;
using Etl.Loader.Ledger;

namespace Etl.Loader.Tests.App;

public class StatusWatchTests
{
    private const char Escape = '\u001b';

    [Fact]
    public async Task Without_a_terminal_each_change_is_a_plain_line()
    {
        var run = Watched(interactive: false);

        Assert.Equal(ExitCodes.Done, await run.RunAsync("status", "--watch"));

        Assert.DoesNotContain(Escape, run.Printed);
        Assert.Single(run.Printed.Split('\n'), l => l.Contains("lane warehouse: staging orders; 14 loads wait, 3.2 GB", StringComparison.Ordinal));
        Assert.Single(run.Printed.Split('\n'), l => l.Contains("loaded warehouse/done.csv, 1,234 rows", StringComparison.Ordinal));
    }

    [Fact]
    public async Task On_a_terminal_the_screen_shows_lanes_with_bars_and_outcomes_and_no_colour_where_none_is_wanted()
    {
        var run = Watched(interactive: true);

        Assert.Equal(ExitCodes.Done, await run.RunAsync("status", "--watch"));

        Assert.Contains(Escape, run.Printed);
        Assert.Contains("14 loads", run.Printed, StringComparison.Ordinal);
        Assert.Contains("done.csv", run.Printed, StringComparison.Ordinal);
        Assert.Contains("50 %", run.Printed, StringComparison.Ordinal);
        Assert.Contains("1.0 MB/s", run.Printed, StringComparison.Ordinal);
        Assert.Contains("5 s", run.Printed, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\u001b\[[0-9;]*(3[0-7]|9[0-7]|38;5)[0-9;]*m", run.Printed);
    }

    [Fact]
    public async Task Of_a_load_whose_process_is_silent_there_is_no_bar_no_speed_and_no_time_left()
    {
        var run = Watched(interactive: true, silent: true);

        await run.RunAsync("status", "--watch");

        Assert.DoesNotContain("50 %", run.Printed, StringComparison.Ordinal);
        Assert.DoesNotContain("MB/s", run.Printed, StringComparison.Ordinal);
        Assert.Contains("silent", run.Printed, StringComparison.Ordinal);

        var lines = Watched(interactive: false, silent: true);
        await lines.RunAsync("status", "--watch");
        Assert.Single(lines.Printed.Split('\n'), l => l.Contains("lane warehouse: not served, silent for 1 min 40 s (host:7); 14 loads wait", StringComparison.Ordinal));
    }

    private static VerbRun Watched(bool interactive, bool silent = false)
    {
        var run = new VerbRun { Interactive = interactive, Interrupt = TimeSpan.FromSeconds(5) };
        run.Ledger.Add("done.csv", LoadStatus.Loaded);
        var running = run.Ledger.Add("orders.csv", LoadStatus.Loading);
        run.Ledger.Change(running, l => l with { BytesDone = 5, BytesTotal = 10 });
        var now = DateTimeOffset.UnixEpoch;
        run.Ledger.Lanes =
        [
            LaneRow.Of(new()
            {
                Target = "warehouse",
                ReadAt = now,
                Holder = "host:7",
                Served = !silent,
                SilentFor = silent ? TimeSpan.FromSeconds(100) : null,
                Running = new(running, "warehouse", "orders", "orders.csv", LoadStage.Staging, now, 5_000_000, 10_000_000, 40, 1_000_000, 8, now, now, null, now) { Served = !silent },
                Waiting = new Work(14, 3_200_000_000),
            }),
        ];
        return run;
    }
}

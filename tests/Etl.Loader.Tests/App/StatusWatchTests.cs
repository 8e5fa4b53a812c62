using Etl.Loader.App;
using Etl.Loader.App.Commands;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Time.Testing;

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
        Assert.Single(run.Printed.Split('\n'), l => l.Contains("lane warehouse: staging orders.csv; 14 loads wait, 3.2 GB", StringComparison.Ordinal));
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
        Assert.DoesNotMatch(@"\u001b\[[0-9;]*(3[0-7]|9[0-7]|38;5)[0-9;]*m", run.Printed);
    }

    [Fact]
    public void The_speed_is_that_of_the_last_seconds_and_begins_anew_with_each_stage()
    {
        var time = new FakeTimeProvider();
        var rates = new LoadRates(time);
        var load = Loading(0, 0);
        rates.Note([load]);
        Assert.Null(rates.Of(load.LoadId));
        time.Advance(TimeSpan.FromSeconds(2));
        rates.Note([load with { RowsLoaded = 300, BytesDone = 1000 }]);

        Assert.Equal((150, 500), rates.Of(load.LoadId));
        rates.Note([load with { Stage = LoadStage.Publishing, RowsLoaded = 300, BytesDone = 0 }]);
        Assert.Null(rates.Of(load.LoadId));
    }

    private static VerbRun Watched(bool interactive)
    {
        var run = new VerbRun { Interactive = interactive, Interrupt = TimeSpan.FromSeconds(5) };
        run.Ledger.Add("done.csv", LoadStatus.Loaded);
        var running = run.Ledger.Add("orders.csv", LoadStatus.Loading);
        run.Ledger.Change(running, l => l with { BytesDone = 5, BytesTotal = 10 });
        run.Ledger.Lanes = [new("warehouse", "host:7", 3, null, null, null, null, null, running, 14, 3_200_000_000)];
        return run;
    }

    private static LoadSummary Loading(long rows, long bytes) => new(
        LoadId.New(TimeProvider.System), "in", "orders.csv", "warehouse", "orders", LoadStatus.Loading, LoadStage.Staging, 1, rows, null, bytes, 10_000,
        DateTimeOffset.UnixEpoch, null, null, null, null, null, null);
}

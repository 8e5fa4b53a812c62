using Etl.Loader.App;
using Etl.Loader.Ledger;

namespace Etl.Loader.Tests.App;

/// <summary>What a shell is offered: it asks as the scripts of <c>completion</c> do.</summary>
public class CompletionTests
{
    private readonly VerbRun _run = new();

    [Theory]
    [InlineData("req", "requeue")]
    [InlineData("status --w", "--watch")]
    [InlineData("completion ", "fish")]
    public async Task Verbs_options_and_words_are_offered(string typed, string offered) => Assert.Contains(offered, await AskAsync(typed));

    [Fact]
    public async Task Loads_that_the_verb_can_act_on_are_offered_by_their_ids()
    {
        var failed = _run.Ledger.Add("a.csv", LoadStatus.Failed);
        var loaded = _run.Ledger.Add("b.csv", LoadStatus.Loaded);

        var offered = await AskAsync("requeue ");
        Assert.Contains(failed.Short, offered);
        Assert.DoesNotContain(loaded.Short, offered);
        Assert.Contains(loaded.Short, await AskAsync("show "));
        Assert.Contains(failed.ToString(), await AskAsync($"requeue {failed.ToString()[..8]}"));
    }

    [Theory]
    [InlineData("loads ", "status:", "since:")]
    [InlineData("requeue st", "status:")]
    [InlineData("cancel status:q", "status:queued")]
    [InlineData("wait target:", "target:lake", "target:warehouse")]
    [InlineData("loads inbox:m", "inbox:main")]
    [InlineData("deliver orders.csv --inbox ", "main")]
    [InlineData("deliver orders.csv --inbox main --target w", "warehouse")]
    [InlineData("serve --lanes l", "lake")]
    public async Task Keys_of_filters_and_configured_names_are_offered(string typed, params string[] offered)
    {
        var run = new VerbRun
        {
            Settings = { ["Loader:Inboxes:main:Path"] = "/data", ["Loader:Targets:warehouse:Kind"] = "PostgreSql", ["Loader:Targets:lake:Kind"] = "DuckDb" },
        };
        Assert.Equal(ExitCodes.Done, await run.RunAsync($"[suggest:{typed.Length}]", typed));
        var words = run.Printed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.All(offered, word => Assert.Contains(word, words));
    }

    [Fact]
    public async Task Lanes_are_offered_where_a_lane_is_meant()
    {
        _run.Ledger.Lanes = [LaneRow.Unserved("warehouse"), LaneRow.Unserved("lake")];

        var offered = await AskAsync("pause wa");
        Assert.Contains("warehouse", offered);
        Assert.DoesNotContain("lake", offered);
    }

    [Fact]
    public async Task An_outage_offers_nothing_and_says_nothing()
    {
        _run.Ledger.Fault = new InvalidOperationException("away");

        Assert.DoesNotContain(await AskAsync("show "), o => o.Contains("away", StringComparison.Ordinal));
        Assert.Empty(_run.Errors);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Each_shell_has_a_script(string shell)
    {
        Assert.Equal(ExitCodes.Done, await _run.RunAsync("completion", shell));
        Assert.Contains("[suggest:", _run.Printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcsh")]
    [InlineData("--", "tcsh")]
    public async Task An_unknown_shell_is_refused_in_a_line(params string[] words)
    {
        Assert.Equal(ExitCodes.Usage, await _run.RunAsync(["completion", .. words]));
        Assert.Contains("'tcsh'; expected bash, zsh or fish", _run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("unexpected", _run.Errors, StringComparison.Ordinal);
    }

    private async Task<string[]> AskAsync(string typed)
    {
        Assert.Equal(ExitCodes.Done, await _run.RunAsync($"[suggest:{typed.Length}]", typed));
        return _run.Printed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}

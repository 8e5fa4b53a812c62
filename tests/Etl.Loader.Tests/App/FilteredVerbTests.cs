using Etl.Loader.App;
using Etl.Loader.Ledger;

namespace Etl.Loader.Tests.App;

/// <summary>Verbs that act on all loads of a filter: seen before, asked before.</summary>
public class FilteredVerbTests
{
    [Theory]
    [InlineData("requeue", "failed")]
    [InlineData("reload", "loaded")]
    [InlineData("cancel", "queued")]
    public async Task A_filter_acts_on_the_loads_that_the_verb_is_for_once_somebody_said_yes(string verb, string word)
    {
        var status = LedgerWords.Parse<LoadStatus>(word);
        var asked = new List<string>();
        var run = new VerbRun { Confirm = question => Keep(asked, question) };
        var first = run.Ledger.Add("a.csv", status);
        run.Ledger.Add("b.csv", OtherThan(status));
        var last = run.Ledger.Add("c.csv", status);

        Assert.Equal(ExitCodes.Done, await run.RunAsync(verb, "target:warehouse"));

        Assert.Equal([$"{verb} these 2 loads?"], asked);
        Assert.Contains("a.csv", run.Printed, StringComparison.Ordinal);
        Assert.Equal([$"{verb} {first}", $"{verb} {last}"], run.Ledger.Actions.Select(a => string.Join(' ', a.Split(' ').Take(2))));
        Assert.Equal("warehouse", run.Ledger.LastFilter!.Target);
    }

    [Fact]
    public async Task A_no_does_nothing()
    {
        var run = new VerbRun { Confirm = _ => false };
        run.Ledger.Add("a.csv", LoadStatus.Queued);

        Assert.Equal(ExitCodes.Done, await run.RunAsync("cancel", "target:warehouse"));
        Assert.Empty(run.Ledger.Actions);
    }

    [Fact]
    public async Task Where_nobody_can_be_asked_nothing_is_done_without_yes()
    {
        var run = new VerbRun();
        run.Ledger.Add("a.csv", LoadStatus.Queued);

        Assert.Equal(ExitCodes.Usage, await run.RunAsync("cancel", "target:warehouse"));
        Assert.Contains("--yes", run.Errors, StringComparison.Ordinal);
        Assert.Empty(run.Ledger.Actions);
        Assert.Equal(ExitCodes.Done, await run.RunAsync("cancel", "target:warehouse", "--yes"));
        Assert.Single(run.Ledger.Actions);
    }

    [Fact]
    public async Task A_misspelt_id_is_an_error_and_no_filter()
    {
        var run = new VerbRun { Confirm = _ => true };
        run.Ledger.Add("nonsense.csv", LoadStatus.Queued);

        Assert.Equal(ExitCodes.Usage, await run.RunAsync("cancel", "nonsense"));
        Assert.Empty(run.Ledger.Actions);
    }

    private static LoadStatus OtherThan(LoadStatus status) => status == LoadStatus.Failed ? LoadStatus.Loaded : LoadStatus.Failed;

    private static bool Keep(List<string> asked, string question)
    {
        asked.Add(question);
        return true;
    }
}

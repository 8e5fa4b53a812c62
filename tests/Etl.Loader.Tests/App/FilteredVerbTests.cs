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
    public async Task A_filter_acts_on_the_loads_that_the_verb_is_for_once_someone_said_yes(string verb, string word)
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
    public async Task Where_no_one_can_be_asked_nothing_is_done_without_yes()
    {
        var run = new VerbRun();
        run.Ledger.Add("a.csv", LoadStatus.Queued);

        Assert.Equal(ExitCodes.Usage, await run.RunAsync("cancel", "target:warehouse"));
        Assert.Contains("--yes", run.Errors, StringComparison.Ordinal);
        Assert.Empty(run.Ledger.Actions);
        Assert.Equal(ExitCodes.Done, await run.RunAsync("cancel", "target:warehouse", "--yes"));
        Assert.Single(run.Ledger.Actions);
    }

    [Theory]
    [InlineData("requeue", "failed")]
    [InlineData("reload", "loaded")]
    [InlineData("cancel", "queued")]
    public async Task A_dry_run_prints_what_would_be_changed_and_changes_nothing(string verb, string word)
    {
        var status = LedgerWords.Parse<LoadStatus>(word);
        var run = new VerbRun();
        var ids = Enumerable.Range(0, 30).Select(i => run.Ledger.Add($"{i}.csv", status)).ToArray();
        run.Ledger.Add("other.csv", OtherThan(status));

        Assert.Equal(ExitCodes.Done, await run.RunAsync(verb, "target:warehouse", "--dry-run"));

        Assert.Empty(run.Ledger.Actions);
        Assert.All(ids, id => Assert.Contains(id.Short, run.Printed, StringComparison.Ordinal));
        Assert.DoesNotContain("other.csv", run.Printed, StringComparison.Ordinal);
        Assert.EndsWith($"would {verb} 30 loads; nothing was changed\n", run.Printed, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, await run.RunAsync(verb, "target:warehouse", "--yes"));
        Assert.Equal(ids.Select(id => $"{verb} {id}"), run.Ledger.Actions.Select(a => string.Join(' ', a.Split(' ').Take(2))));
    }

    [Fact]
    public async Task A_dry_run_names_what_the_verb_would_refuse()
    {
        var run = new VerbRun();
        var failed = run.Ledger.Add("a.csv", LoadStatus.Failed);
        var loaded = run.Ledger.Add("b.csv", LoadStatus.Loaded);

        Assert.Equal(ExitCodes.Usage, await run.RunAsync("requeue", failed.Short, loaded.Short, "--dry-run"));

        Assert.Empty(run.Ledger.Actions);
        Assert.Equal($"{loaded.Short} warehouse/b.csv is loaded: requeue would refuse it\n", run.Errors);
        Assert.Contains("would requeue 1 load; nothing was changed", run.Printed, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, await run.RunAsync("requeue", "--failed", "--dry-run"));
        Assert.Empty(run.Ledger.Actions);
    }

    [Fact]
    public async Task An_id_among_the_words_of_a_filter_is_an_error()
    {
        var run = new VerbRun();
        var load = run.Ledger.Add("a.csv", LoadStatus.Failed);

        Assert.Equal(ExitCodes.Usage, await run.RunAsync("requeue", load.Short, "target:warehouse", "--yes"));
        Assert.Equal(ExitCodes.Usage, await run.RunAsync("requeue", load.Short, "--failed"));
        Assert.Empty(run.Ledger.Actions);
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

using Etl.Loader.App.Commands;
using Etl.Loader.App.Output;
using Etl.Loader.IntegrationTests.EndToEnd;

namespace Etl.Loader.IntegrationTests.Terminals;

/// <summary>
/// Every verb on a terminal of 80 columns with colours, on one of 200 without, and through a pipe: the same exit code, no fault of the program, a
/// screen that is left in order. A verb that is added without a line here fails the first test.
/// </summary>
[Collection(Terminals.Name)]
public sealed class VerbsOnTerminalsTests(TerminalHome home)
{
    private const string Id = "<loaded>";
    private const string FailedId = "<failed>";

    private static readonly (string[] Arguments, int ExitCode)[] Lines =
    [
        (["--help"], 0),
        (["frobnicate"], 2),
        (["up", "--no-samples"], 2),
        (["watch", "--set", "Loader:Http:Port=x"], 2),
        (["serve", "--lanes", "mars"], 2),
        (["load", "<inbox>/<new>", "--wait"], 0),
        (["deliver", "<outside>/<new>", "--inbox", "warehouse", "--wait"], 0),
        (["check", "<outside>/<new>"], 0),
        (["status"], 0),
        (["loads"], 0),
        (["loads", "--limit", "x"], 2),
        (["loads", Id], 0),
        (["show", Id], 0),
        (["show", FailedId], 0),
        (["tables"], 0),
        (["wait", Id, FailedId], 1),
        (["wait"], 0),
        (["wait", "file:never.csv", "--timeout", "1s"], 4),
        (["requeue", FailedId, Id, "--dry-run"], 2),
        (["reload", "table:orders", "--dry-run"], 0),
        (["cancel", FailedId], 2),
        (["pause", "mars"], 2),
        (["resume", "lake"], 0),
        (["rejects", Id], 0),
        (["rejects", Id, "--out", "<outside>/taken.csv"], 2),
        (["migrate"], 0),
        (["doctor"], 0),
        (["hash-password", "--nonsense"], 2),
        (["completion", "bash"], 0),
        (["health"], 0),
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Lines.Length)];

    [Fact]
    public void Every_verb_is_run() => Assert.Empty(CommandLine.Build(Surroundings.Real).Subcommands.Select(c => c.Name).Except(Lines.Select(l => l.Arguments[0])));

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task A_verb_ends_alike_on_terminals_and_through_a_pipe(int number)
    {
        var (arguments, expected) = Lines[number];
        var modes = await Task.WhenAll(home.ShowAsync(80, true, Filled(arguments, "narrow")), home.ShowAsync(200, false, Filled(arguments, "wide")));
        var piped = await home.Up.RunVerbAsync(Filled(arguments, "pipe"));

        piped.Ended(expected);
        foreach (var (code, view, raw) in modes)
        {
            Assert.True(code == expected, $"{string.Join(' ', arguments)} ended with {code}, expected {expected}:\n{view.Text}");
            Assert.DoesNotContain("   at ", view.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("unexpected", view.Text, StringComparison.Ordinal);
            Assert.NotEqual("", view.Text);
            Assert.True(view.CursorShown, $"the cursor stays hidden: {raw}");
        }

        Assert.False(modes[1].View.Colours, $"colours in spite of NO_COLOR: {modes[1].Raw}");
        Assert.DoesNotContain('\u001b', piped.Out + piped.Error);
    }

    /// <summary>Each run brings files of its own, so that none waits for another's.</summary>
    private string[] Filled(string[] arguments, string mode)
    {
        var name = $"{arguments[0]}-{mode}.csv";
        var outside = home.Up.Outside;
        File.WriteAllText(Path.Combine(outside, "taken.csv"), "");
        foreach (var path in (string[])[Path.Combine(outside, name), home.Up.InboxPath("warehouse", name)])
        {
            if (arguments.Any(a => a.EndsWith("<new>", StringComparison.Ordinal)) && !File.Exists(path) && (arguments[0] == "load") == path.StartsWith(home.Up.Home, StringComparison.Ordinal))
            {
                File.WriteAllText(path, "id,name\n1,one\n");
            }
        }

        return [.. arguments.Select(a => a
            .Replace("<inbox>", home.Up.Ready.Inboxes["warehouse"], StringComparison.Ordinal)
            .Replace("<outside>", outside, StringComparison.Ordinal)
            .Replace("<new>", name, StringComparison.Ordinal)
            .Replace(Id, home.Loaded, StringComparison.Ordinal)
            .Replace(FailedId, home.Failed, StringComparison.Ordinal))];
    }
}

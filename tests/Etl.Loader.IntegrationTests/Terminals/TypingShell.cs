using System.Globalization;
using System.Text.RegularExpressions;
using Etl.Loader.IntegrationTests.EndToEnd;

namespace Etl.Loader.IntegrationTests.Terminals;

/// <summary>A shell on a terminal, as a person uses it: a line is typed once the prompt is there, and the next prompt says how it ended.</summary>
internal sealed partial class TypingShell(PseudoTerminal terminal)
{
    /// <summary>The last exit code is in it.</summary>
    public const string Prompt = "[$?]$ ";

    private int _prompts;

    /// <summary>What appeared below the line, and its exit code.</summary>
    public async Task<(int ExitCode, IReadOnlyList<string> Output)> RunAsync(string line, TimeSpan limit, CancellationToken token)
    {
        await PromptAsync(limit, token);
        var before = terminal.View.Lines.Count;
        terminal.Type(line + "\n");
        _prompts++;
        var prompt = await PromptAsync(limit, token);
        var lines = terminal.View.Lines;
        return (prompt, [.. lines.Take(lines.Count - 1).Skip(before)]);
    }

    private async Task<int> PromptAsync(TimeSpan limit, CancellationToken token)
    {
        var last = await Deadline.WaitAsync(
            () =>
            {
                var prompts = terminal.View.Lines.Select(l => PromptLine().Match(l)).Where(m => m.Success).ToArray();
                return Task.FromResult(prompts.Length > _prompts && terminal.View.Lines[^1] == prompts[^1].Value ? prompts[^1] : null);
            },
            () => $"no prompt came back:\n{terminal.View.Text}",
            limit,
            token);
        return int.Parse(last.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^\[(\d+)\]\$")]
    private static partial Regex PromptLine();
}

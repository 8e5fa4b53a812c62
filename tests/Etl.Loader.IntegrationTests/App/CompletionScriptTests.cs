using System.Diagnostics;
using Etl.Loader.IntegrationTests.EndToEnd;

namespace Etl.Loader.IntegrationTests.App;

/// <summary>The script for bash, run by bash over the real executable.</summary>
public sealed class CompletionScriptTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("req", "requeue")]
    [InlineData("requeue --f", "--failed")]
    [InlineData("completion z", "zsh")]
    public async Task Bash_completes_what_is_typed(string typed, string completed)
    {
        var script = $$"""
            source <("$0" completion bash)
            COMP_LINE="etl-loader {{typed}}" COMP_POINT=${#COMP_LINE}
            COMP_WORDS=($COMP_LINE) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _etl_loader "$0"
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        var start = new ProcessStartInfo("bash", ["-c", script, RunningUp.Executable]) { RedirectStandardOutput = true };
        using var bash = Process.Start(start)!;
        var output = await bash.StandardOutput.ReadToEndAsync(Token);
        await bash.WaitForExitAsync(Token);

        Assert.Equal([completed], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}

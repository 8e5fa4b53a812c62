using System.Diagnostics;
using Etl.Loader.IntegrationTests.EndToEnd;

namespace Etl.Loader.IntegrationTests.App;

/// <summary>The scripts of <c>completion</c>, run by their shells over the real executable.</summary>
public sealed class CompletionScriptTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, string>();
            foreach (var shell in (string[])["bash", "zsh", "fish"])
            {
                cases.Add(shell, "req", "requeue");
                cases.Add(shell, "requeue --f", "--failed");
                cases.Add(shell, "completion z", "zsh");
                cases.Add(shell, "loads stat", "status:");
                cases.Add(shell, "requeue status:fa", shell == "bash" ? "failed" : "status:failed");
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_shell_completes_what_is_typed(string shell, string typed, string completed)
    {
        var script = shell switch
        {
            "bash" => $$"""
                source <("$0" completion bash)
                COMP_LINE="etl-loader {{typed}}" COMP_POINT=${#COMP_LINE}
                COMP_WORDS=($COMP_LINE) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                _etl_loader "$0"
                printf '%s\n' "${COMPREPLY[@]}"
                """,

            // What its completion system would call, and is called by.
            "zsh" => $$"""
                compdef() { :; }
                compadd() { print -l -- "${(@P)@[-1]}"; }
                source <("$0" completion zsh)
                words=("$0" {{typed}}) CURRENT=${#words}
                _etl_loader
                """,
            _ => $"""
                set -x PATH (path dirname $argv[1]) $PATH
                etl-loader completion fish | source
                complete -C "etl-loader {typed}"
                """,
        };
        var start = new ProcessStartInfo(shell, ["-c", script, RunningUp.Executable]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);

        Assert.Equal([completed], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}

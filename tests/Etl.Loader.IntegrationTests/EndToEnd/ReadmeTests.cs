using System.Diagnostics;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>
/// Runs what README.md tells people to type, one after the other in one shell, beside an <c>up</c> in <c>.etl-loader</c> and a file
/// <c>orders.csv</c>. Marked for it are fences with the info string <c>bash run</c> (all lines) and <c>console run</c> (those after <c>$ </c>, the
/// rest is output). <c>infra/up</c> and <c>infra/test</c> are not marked: they are run elsewhere.
/// </summary>
public sealed class ReadmeTests(SharedUp shared) : IClassFixture<SharedUp>
{
    private static readonly string Readme = Path.Combine(Repository.Root, "README.md");

    [Fact]
    public async Task Every_command_of_the_readme_marked_for_running_runs()
    {
        var token = TestContext.Current.CancellationToken;
        var commands = Commands(await File.ReadAllLinesAsync(Readme, token));
        Assert.NotEmpty(commands);
        var work = Path.Combine(shared.Up.Outside, "readme");
        Directory.CreateDirectory(Path.Combine(work, "infra"));
        File.CreateSymbolicLink(Path.Combine(work, ".etl-loader"), shared.Up.Home);
        File.CreateSymbolicLink(Path.Combine(work, "infra", "etl-loader"), RunningUp.Executable);
        File.CreateSymbolicLink(Path.Combine(work, "infra", "samples"), RunningUp.Samples);

        await File.WriteAllTextAsync(Path.Combine(work, "orders.csv"), "id,amount\n1,9.50\n2,12.00\n", token);
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-xc", string.Join('\n', commands)])
        {
            WorkingDirectory = work,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ETL_LOADER_HOME"] = shared.Up.Home;
        using var shell = Process.Start(start)!;
        var output = shell.StandardOutput.ReadToEndAsync(token);
        var error = shell.StandardError.ReadToEndAsync(token);
        await shell.WaitForExitAsync(token);
        Assert.True(shell.ExitCode == 0, $"ended with {shell.ExitCode}\n{await output}\n{await error}");
    }

    [Fact]
    public void Only_marked_fences_and_only_their_prompts_count()
    {
        string[] text =
        [
            "```console", "$ not this", "```", "```console run", "$ this", "its output", "$ that \\", "  and more", "```", "$ nor this", "```bash run", "all", "```", "```bash",
            "no", "```",
        ];
        Assert.Equal(["this", "that \\", "  and more", "all"], Commands(text));
    }

    internal static List<string> Commands(IEnumerable<string> lines)
    {
        var commands = new List<string>();
        string? prompt = null;
        var goesOn = false;
        foreach (var line in lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                prompt = line switch { "```console run" => "$ ", "```bash run" => "", _ => null };
            }
            else if (prompt is not null && (goesOn || line.StartsWith(prompt, StringComparison.Ordinal)))
            {
                commands.Add(goesOn ? line : line[prompt.Length..]);
                goesOn = line.EndsWith('\\');
            }
        }

        return commands;
    }
}

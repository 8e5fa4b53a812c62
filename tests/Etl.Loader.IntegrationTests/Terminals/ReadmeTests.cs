using System.Diagnostics;
using Etl.Loader.IntegrationTests.EndToEnd;

namespace Etl.Loader.IntegrationTests.Terminals;

/// <summary>
/// The first ten minutes of a newcomer: a clone, <c>infra/up</c> on one terminal, and on a second one every command of README.md in its order, to a
/// failed load that is repaired and queued again. The clone is a copy of what the repository tracks; only the build is taken over from the tests'.
/// </summary>
public sealed class ReadmeTests
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_newcomer_gets_from_a_clone_to_a_requeued_load_with_the_commands_of_the_readme()
    {
        // Not one of the runtime's temporary directories: those are closed to the user that the private PostgreSQL runs as.
        var clone = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"etl-loader-clone-{Environment.ProcessId}-{Path.GetRandomFileName()[..8]}")).FullName;
        try
        {
            await CloneAsync(clone);
            var commands = PageCommand.Read(await File.ReadAllLinesAsync(Path.Combine(clone, "README.md"), Token));
            Assert.Contains(commands, c => c.Text.Contains("requeue", StringComparison.Ordinal));

            await using var up = Open(clone, "infra/up");
            await Deadline.UntilAsync(() => up.View.Text.Contains("stop with Ctrl-C", StringComparison.Ordinal), () => $"infra/up is not ready:\n{up.View.Text}", StartLimit, Token);

            await using var second = Open(clone, "bash", "--noprofile", "--norc", "-i");
            var shell = new TypingShell(second);
            foreach (var command in commands)
            {
                var (code, output) = await shell.RunAsync(command.Text, CommandLimit, Token);
                Assert.True(code == (command.Fails ? 1 : 0), $"'{command.Text}' ended with {code}:\n{second.View.Text}");
                Assert.All(command.Output, line => Assert.Contains(line, Rejoined(output), StringComparison.Ordinal));
            }

            Assert.Contains("returns.csv → returns: loaded, 2 rows", second.View.Text, StringComparison.Ordinal);
            Assert.Equal(0, (await shell.RunAsync("ls .etl-loader/inbox/warehouse/returns.csv.loaded", CommandLimit, Token)).ExitCode);

            up.Interrupt();
            Assert.Equal(0, await up.WaitForExitAsync(CommandLimit, Token));
        }
        finally
        {
            Directory.Delete(clone, recursive: true);
        }
    }

    [Fact]
    public void Only_marked_fences_count_with_what_they_show()
    {
        string[] text =
        [
            "```console", "$ not this", "```", "```console run", "$ this", "its output", "$ that \\", "  and more", "failed: so it is", "```", "$ nor this", "```bash run", "all", "```", "```bash", "no", "```",
        ];
        var commands = PageCommand.Read(text);
        Assert.Equal(["this", "that and more", "all"], commands.Select(c => c.Text));
        Assert.Equal(["its output", "failed: so it is"], commands.SelectMany(c => c.Output));
        Assert.Equal([false, true, false], commands.Select(c => c.Fails));
    }

    /// <summary>A line that was broken at a space, to fit the screen, as the page shows it.</summary>
    private static string Rejoined(IEnumerable<string> lines) => string.Join(' ', lines.SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    private static PseudoTerminal Open(string clone, params string[] command) => PseudoTerminal.Start(
        command[0].Contains('/', StringComparison.Ordinal) ? Path.Combine(clone, command[0]) : command[0],
        command[1..],
        80,
        clone,
        new Dictionary<string, string?>
        {
            // Others of this machine may serve at the usual port.
            ["Loader__Http__Port"] = "0",
            ["ETL_LOADER_HOME"] = null,
            ["ConnectionStrings__Queue"] = null,
            ["PS1"] = TypingShell.Prompt,
        });

    /// <summary>What is built is newer than every source, as after a build in the clone.</summary>
    private static async Task CloneAsync(string clone)
    {
        using var list = Process.Start(new ProcessStartInfo("git", ["-C", Repository.Root, "ls-files", "-z"]) { RedirectStandardOutput = true })!;
        var files = (await list.StandardOutput.ReadToEndAsync(Token)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        foreach (var file in files.Where(f => File.Exists(Path.Combine(Repository.Root, f))))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(clone, file))!);
            File.Copy(Path.Combine(Repository.Root, file), Path.Combine(clone, file));
        }

        var artifacts = Directory.CreateDirectory(Path.Combine(clone, "artifacts", "bin", "Etl.Loader.App")).FullName;
        File.CreateSymbolicLink(Path.Combine(artifacts, "release"), Path.GetDirectoryName(RunningUp.Executable)!);
        await File.WriteAllTextAsync(Path.Combine(clone, "artifacts", "built"), "", Token);
    }
}

using System.Diagnostics;

namespace Etl.Loader.Tests.App;

/// <summary>The last line of <c>infra/test</c> and its verdict, from what the test runner prints.</summary>
public sealed class TestTotalsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("test-totals-").FullName;

    private string[] _steps = [];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_totals_of_all_projects_are_added() =>
        Expect("42 passed, 0 failed, 3 skipped", good: true, Summary("Passed!", 30, 0, 3), Summary("Passed!", 12, 0, 0));

    [Fact]
    public void A_failed_test_is_bad() => Expect("41 passed, 1 failed, 0 skipped", good: false, Summary("Failed!", 30, 1, 0), Summary("Passed!", 11, 0, 0));

    [Fact]
    public void A_project_without_a_test_is_bad() => Expect("30 passed, 1 failed, 0 skipped", good: false, Summary("Passed!", 30, 0, 0), Summary("Zero tests ran", 0, 0, 0));

    [Fact]
    public void A_test_process_that_died_is_bad() =>
        Expect("33 passed, 1 failed, 0 skipped", good: false, Summary("Passed!", 30, 0, 0), Summary("Failed!", 3, 0, 0, "  error: 1\n\n"));

    [Fact]
    public void A_run_without_a_summary_is_bad() => Expect("30 passed, 1 failed, 0 skipped", good: false, Summary("Passed!", 30, 0, 0), "Unhandled exception.\n");

    [Fact]
    public void A_run_that_printed_nothing_is_bad() => Expect("30 passed, 1 failed, 0 skipped", good: false, Summary("Passed!", 30, 0, 0), "");

    [Fact]
    public void What_a_test_prints_before_the_summary_is_not_counted() =>
        Expect("2 passed, 0 failed, 0 skipped", good: true, "  total: 99\n  failed: 99\n" + Summary("Passed!", 2, 0, 0));

    [Theory]
    [InlineData(3, 0, "33 passed, 0 failed, 0 skipped")]
    [InlineData(2, 1, "32 passed, 1 failed, 0 skipped")]
    public void What_is_not_a_test_project_counts_too(int passed, int failed, string line)
    {
        _steps = ["-v", $"passed_steps={passed}", "-v", $"failed_steps={failed}"];
        Expect(line, good: failed == 0, Summary("Passed!", 30, 0, 0));
    }

    private static string Summary(string verdict, int passed, int failed, int skipped, string errors = "") =>
        $"Running tests\n\nTest run summary: {verdict}\n{errors}  total: {passed + failed + skipped}\n  failed: {failed}\n  succeeded: {passed}\n  skipped: {skipped}\n  duration: 1s\n";

    private void Expect(string line, bool good, params string[] outputs)
    {
        var files = outputs.Select((output, i) =>
        {
            var file = Path.Combine(_directory, $"project-{i}");
            File.WriteAllText(file, output);
            return file;
        });
        using var awk = Process.Start(new ProcessStartInfo("awk", [.. _steps, "-f", Script(), .. files]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var printed = awk.StandardOutput.ReadToEnd();
        awk.WaitForExit();
        Assert.Equal(line + "\n", printed);
        Assert.Equal(good, awk.ExitCode == 0);
    }

    private static string Script()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Etl.Loader.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return Path.Combine(root, "infra", "lib", "test-totals.awk");
    }
}

using System.Text.RegularExpressions;

namespace Etl.Loader.Tests;

public partial class ArchitecturePageTests
{
    [Theory]
    [InlineData("architecture.md")]
    [InlineData("../SECURITY.md")]
    [InlineData("why-not-hangfire-alone.md")]
    public void Every_test_that_a_page_names_exists(string page)
    {
        var root = Root();
        var sources = string.Join('\n', Directory.EnumerateFiles(Path.Combine(root, "tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var named = TestName().Matches(File.ReadAllText(Path.Combine(root, "docs", page))).Select(m => m.Groups[1].Value).ToArray();

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains($" {name}(", sources, StringComparison.Ordinal));
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "Etl.Loader.sln")))
        {
            directory = directory.Parent;
        }

        return directory.FullName;
    }

    /// <summary>A sentence with underscores in backticks.</summary>
    [GeneratedRegex("`([A-Z][a-z]*_[A-Za-z0-9_]+)`")]
    private static partial Regex TestName();
}

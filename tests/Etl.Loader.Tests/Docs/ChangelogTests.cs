using System.Text.RegularExpressions;

namespace Etl.Loader.Tests.Docs;

public sealed partial class ChangelogTests
{
    /// <summary>A merge that keeps both sides repeats entries, and operators read them all.</summary>
    [Fact]
    public void No_entry_stands_there_twice()
    {
        var entries = Entry().Matches(File.ReadAllText(Path.Combine(Repository.Root(), "CHANGELOG.md")))
            .Select(entry => Blanks().Replace(entry.Value, " ").Trim()).ToList();
        Assert.NotEmpty(entries);
        Assert.Equal(entries.Distinct(StringComparer.Ordinal), entries);
    }

    [GeneratedRegex("^- .*(\n  .*)*", RegexOptions.Multiline)]
    private static partial Regex Entry();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}

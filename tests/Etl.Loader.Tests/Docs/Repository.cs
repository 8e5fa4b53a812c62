namespace Etl.Loader.Tests.Docs;

/// <summary>The pages of the repository that this build was made from.</summary>
internal static class Repository
{
    public static string Page(string path) => File.ReadAllText(Path.Combine(Root(), path));

    public static bool Exists(string path) => File.Exists(Path.Combine(Root(), path));

    /// <summary>The paths of all pages: those at the top, and all below <c>docs/</c>.</summary>
    public static IEnumerable<string> Pages() =>
        Directory.EnumerateFiles(Root(), "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Root(), "docs"), "*.md", SearchOption.AllDirectories));

    /// <summary>The paths of all C# files of the product and its tests.</summary>
    public static IEnumerable<string> Sources() => new[] { "src", "tests" }.SelectMany(folder =>
        Directory.EnumerateFiles(Path.Combine(Root(), folder), "*.cs", SearchOption.AllDirectories));

    /// <summary>From a heading of the second level to the next.</summary>
    public static string Section(string page, string heading)
    {
        var start = page.IndexOf($"\n## {heading}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"There is no heading '## {heading}'.");
        var end = page.IndexOf("\n## ", start + 4, StringComparison.Ordinal);
        return end < 0 ? page[start..] : page[start..end];
    }

    public static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Etl.Loader.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        return directory.FullName;
    }
}

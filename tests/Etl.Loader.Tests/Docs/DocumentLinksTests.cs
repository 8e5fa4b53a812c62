using System.Text.RegularExpressions;

namespace Etl.Loader.Tests.Docs;

/// <summary>Links between the pages of the repository lead somewhere, and the index of <c>docs/</c> misses no page.</summary>
public sealed partial class DocumentLinksTests
{
    [Fact]
    public void Every_link_leads_to_a_file_and_a_heading_that_exist()
    {
        var broken = new List<string>();
        foreach (var page in Repository.Pages())
        {
            foreach (Match link in Link().Matches(File.ReadAllText(page)))
            {
                var (path, anchor) = (link.Groups["path"].Value, link.Groups["anchor"].Value);
                var file = path.Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, path));
                if (!Path.Exists(file) || (anchor.Length > 0 && !Anchors(file).Contains(anchor)))
                {
                    broken.Add($"{Path.GetFileName(page)}: {link.Value}");
                }
            }
        }

        Assert.Equal("", string.Join('\n', broken));
    }

    [Fact]
    public void The_index_names_every_page()
    {
        var index = Repository.Page("docs/README.md");
        var pages = Repository.Pages().Where(p => Path.GetFileName(Path.GetDirectoryName(p)) == "docs").Select(p => Path.GetFileName(p));
        Assert.Equal("", string.Join(", ", pages.Where(p => p != "README.md" && !index.Contains($"]({p})", StringComparison.Ordinal))));
    }

    /// <summary>As GitHub makes them: lower case, punctuation dropped, blanks to hyphens.</summary>
    private static HashSet<string> Anchors(string file) => !File.Exists(file)
        ? []
        : [.. Heading().Matches(File.ReadAllText(file)).Select(h => Dropped().Replace(h.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    [GeneratedRegex(@"\]\((?!https?:|mailto:)(?<path>[^)#\s]*)(#(?<anchor>[^)\s]*))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N}\s_-]")]
    private static partial Regex Dropped();
}

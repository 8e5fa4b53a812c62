using System.Text.RegularExpressions;

namespace Etl.Loader.Tests.Docs;

/// <summary>Each page of <c>docs/decisions/</c> has the form that its <c>README.md</c> shows, and is in the list there.</summary>
public sealed partial class DecisionPagesTests
{
    private static readonly string[] Headings = ["## Context", "## Options", "## Decision", "## Consequences"];
    private static readonly string[] Pages = [.. Repository.Pages().Where(p => Name().IsMatch(Path.GetFileName(p)))];

    [Fact]
    public void Each_decision_has_the_same_parts_in_the_same_order()
    {
        Assert.NotEmpty(Pages);
        Assert.Equal("", string.Join('\n', Pages.Select(Fault).OfType<string>()));
    }

    [Fact]
    public void The_list_names_each_decision_with_its_title_and_status()
    {
        var list = Repository.Page("docs/decisions/README.md");
        Assert.Equal("", string.Join('\n', Pages.Select(Row).Where(row => !list.Contains(row, StringComparison.Ordinal))));
        Assert.Equal(Pages.Length, list.Split('\n').Count(line => line.StartsWith("| [", StringComparison.Ordinal)));
    }

    private static string? Fault(string page)
    {
        var lines = File.ReadAllLines(page);
        var name = Path.GetFileName(page);
        return !lines[0].StartsWith($"# {name[..4]} ", StringComparison.Ordinal) ? $"{name}: the first line is not '# {name[..4]} Title'"
            : !Status().IsMatch(lines[2]) ? $"{name}: the third line is not 'Status: accepted.' or the like"
            : !lines.Where(l => l.StartsWith("## ", StringComparison.Ordinal)).SequenceEqual(Headings) ? $"{name}: the headings are not {string.Join(", ", Headings)}"
            : null;
    }

    private static string Row(string page)
    {
        var lines = File.ReadAllLines(page);
        return $"| [{lines[0][2..6]}]({Path.GetFileName(page)}) | {lines[0][7..]} | {lines[2]["Status: ".Length..].TrimEnd('.')} |";
    }

    [GeneratedRegex(@"^\d{4}-.+\.md$")]
    private static partial Regex Name();

    [GeneratedRegex(@"^Status: (accepted|superseded by \d{4})\b.*\.$")]
    private static partial Regex Status();
}

using System.Text.RegularExpressions;

namespace Etl.Loader.Tests.Docs;

/// <summary>
/// Pages are wrapped at 120 columns, so that a change of one sentence is a change of a line or two. Code is written for 140 columns; what a reader must scroll for,
/// 200 and more, is an error unless a text makes the line so long.
/// </summary>
public sealed partial class LineLengthTests
{
    private const int Columns = 120;
    private const int CodeColumns = 200;

    [Fact]
    public void Lines_of_text_are_wrapped() => Assert.Equal("", string.Join('\n', Repository.Pages().SelectMany(TooLong)));

    /// <summary>Markup and patterns in raw literals are texts, too.</summary>
    [Fact]
    public void Lines_of_code_are_wrapped() => Assert.Equal("", string.Join('\n', Repository.Sources().SelectMany(file => File.ReadAllLines(file).Index()
        .Where(line => line.Item.Length > CodeColumns && !line.Item.Contains('"') && !(line.Item.TrimStart() is ['<' or '^', ..]))
        .Select(line => $"{Path.GetFileName(file)}:{line.Index + 1}: {line.Item.Length} columns"))));

    [Theory]
    [InlineData(false, "short")]
    [InlineData(true, "{0}")]
    [InlineData(false, "| {0} |")]
    [InlineData(false, "[page](https://example.com/{0})")]
    public void Tables_and_the_targets_of_links_do_not_count(bool tooLong, string line) =>
        Assert.Equal(tooLong, IsTooLong(string.Format(System.Globalization.CultureInfo.InvariantCulture, line, new string('x', Columns + 1))));

    private static IEnumerable<string> TooLong(string page)
    {
        var fenced = false;
        foreach (var (number, line) in File.ReadAllLines(page).Index())
        {
            var fence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            fenced ^= fence;
            if (!fenced && !fence && IsTooLong(line))
            {
                yield return $"{Path.GetFileName(page)}:{number + 1}: {line.Length} columns";
            }
        }
    }

    /// <summary>Commands and output in a fence keep the lines that they have; a table's row is one line, and a link is not torn.</summary>
    private static bool IsTooLong(string line) =>
        !line.TrimStart().StartsWith('|') && !line.StartsWith("    ", StringComparison.Ordinal) && Target().Replace(line, "]()").Length > Columns;

    [GeneratedRegex(@"\]\([^)]*\)")]
    private static partial Regex Target();
}

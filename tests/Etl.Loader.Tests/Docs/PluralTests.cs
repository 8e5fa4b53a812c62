using System.Text.RegularExpressions;

namespace Etl.Loader.Tests.Docs;

/// <summary>
/// No text says "1 rows". A number and what it counts come from <see cref="Amounts.Counted"/>; where a text is a template of the log, the number stands behind
/// what it counts: "(rows: {Rows})". Read from the sources, so that a new text is looked at too.
/// </summary>
public sealed partial class PluralTests
{
    /// <summary>A verb, not a plural.</summary>
    private static readonly string[] Verbs = ["{SecretsVariable} names", "{By.Short} loads", "{record.Line} names"];

    [Fact]
    public void A_number_and_what_it_counts_agree_everywhere()
    {
        var found = Directory.EnumerateFiles(Path.Combine(Repository.Root(), "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => File.ReadLines(file).SelectMany(Uncounted).Select(text => $"{Path.GetFileName(file)}: {text}"))
            .ToList();
        Assert.True(found.Count == 0, $"Say these with Amounts.Counted:\n{string.Join('\n', found)}");
    }

    [Theory]
    [InlineData("var text = $\"{count} rows\";", "{count} rows")]
    [InlineData("$\"{Amounts.Count(left(a, b))} rejected rows are left\"", "{Amounts.Count(left(a, b))} rejected rows")]
    [InlineData("[LoggerMessage(1, LogLevel.Debug, \"{Rows} rows in {Table}\")]", "{Rows} rows")]
    [InlineData("$\"{Amounts.Counted(count, \"row\")} in {table}\"", null)]
    [InlineData("if (load is { } rows)", null)]
    [InlineData("load is { Survey: { Rows: > 0 } columns }", null)]
    [InlineData("/// as {count} rows", null)]
    public void A_number_beside_a_plural_is_found(string line, string? expected) => Assert.Equal(expected, Uncounted(line).SingleOrDefault());

    [Theory]
    [InlineData(0, "0 rows", "0 entries")]
    [InlineData(1, "1 row", "1 entry")]
    [InlineData(2, "2 rows", "2 entries")]
    [InlineData(1204, "1,204 rows", "1,204 entries")]
    public void One_is_no_plural(long count, string rows, string entries)
    {
        Assert.Equal(rows, Amounts.Counted(count, "row"));
        Assert.Equal(entries, Amounts.Counted(count, "entry", "entries"));
    }

    private static IEnumerable<string> Uncounted(string line)
    {
        if (line.TrimStart().StartsWith("//", StringComparison.Ordinal))
        {
            yield break;
        }

        foreach (Match match in BesidePlural().Matches(line))
        {
            var begin = Opening(line, match.Index);
            if (begin < 0)
            {
                continue;
            }

            var value = line[(begin + 1)..match.Index];
            var text = line[begin..(match.Index + match.Length)];
            var counted = value.Contains("Counted(", StringComparison.Ordinal) || value.Contains("Words.Many(", StringComparison.Ordinal);
            var pattern = string.IsNullOrWhiteSpace(value) || Property().IsMatch(value) || line[..begin].TrimEnd().EndsWith(" is", StringComparison.Ordinal);
            if (!counted && !pattern && !Verbs.Contains(text))
            {
                yield return text;
            }
        }
    }

    /// <summary>The brace that the one at the place closes; -1: it is on another line.</summary>
    private static int Opening(string line, int closing)
    {
        var depth = 0;
        for (var i = closing; i >= 0; i--)
        {
            depth += line[i] == '}' ? 1 : line[i] == '{' ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        return -1;
    }

    [GeneratedRegex(
        @"\}(?: |&nbsp;)(?:(?:rejected|skipped|failed|queued|waiting|damaged|interrupted|other|more|further|open) )*"
        + @"(?:rows|records|loads|lines|files|columns|fields|chunks|attempts|bytes|triggers|rejects|tables|lanes|jobs|views|readers|streams|keys|names|parts|times|values|characters|users"
        + @"|seconds|minutes|hours|days|targets|inboxes|watches|directories|instances|entries|faults|errors|sessions|connections|partitions|messages|tokens|signatures|datasets|deliveries"
        + @"|markers|watchers|warnings|questions|members|quotes|hosts|processes|settings|schemas|schemata|batches|statements|events|servers|groups|sheets|kills|retries)\b")]
    private static partial Regex BesidePlural();

    [GeneratedRegex(@"^\s*\w+(\.\w+)*: ")]
    private static partial Regex Property();
}

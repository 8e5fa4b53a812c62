using System.Text.RegularExpressions;
using Etl.Loader.Inboxes.Due;
using Etl.Loader.Inboxes.Triggers;

namespace Etl.Loader.Tests.Inboxes.Due;

public class RulePatternTests
{
    /// <summary>What the ledger is asked with finds exactly what the rule itself matches.</summary>
    [Theory]
    [InlineData("orders-*.csv")]
    [InlineData("*.csv")]
    [InlineData("a/*.csv")]
    [InlineData("o?ders-1.csv")]
    [InlineData("*")]
    [InlineData("orders-1.csv")]
    [InlineData("a.b+(c)[d]{e}$^|\\x y.csv")]
    [InlineData("straße-*.csv")]
    public void The_expression_of_a_rule_matches_what_the_rule_matches(string match)
    {
        var rule = new DatasetRule(match, new Manifest(), null, null);
        foreach (var dataset in (string[])
            [
                "orders-1.csv", "orders-.csv", "a/orders-1.csv", "a/b/orders-1.csv", "xorders-1.csv", "orders-1.csv.gz", "orders-1xcsv", "a/1.csv", "a/b/1.csv", "b/a/1.csv",
                "a.b+(c)[d]{e}$^|\\x y.csv", "axb+(c)[d]{e}$^|\\x y.csv", "straße-7.csv", "x",
            ])
        {
            Assert.True(
                rule.Matches(dataset) == Regex.IsMatch(dataset, LateDeliveries.Expression(match), RegexOptions.Singleline | RegexOptions.CultureInvariant),
                $"'{match}' and '{dataset}'");
        }
    }
}

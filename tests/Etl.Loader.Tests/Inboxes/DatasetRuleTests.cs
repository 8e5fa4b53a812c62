using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.Tests.Inboxes;

public class DatasetRuleTests
{
    private static readonly string[] Section = ["Loader:Inboxes:main:Datasets"];

    private static (IReadOnlyList<DatasetRule> Rules, List<string> Faults) Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"{Section[0]}:{s.Key}", (string?)s.Value)))
            .Build();
        var faults = new List<string>();
        return (DatasetRuleReader.Read(configuration.GetSection(Section[0]), faults), faults);
    }

    [Fact]
    public void A_rule_has_the_triggers_keys_whatever_their_case_and_its_own()
    {
        var (rules, faults) = Read(
            ("0:Match", "orders-*.csv"), ("0:MODE", "append"), ("0:rejects:max", "10"), ("0:adopt", "True"), ("0:files:0", "a.csv"),
            ("0:dialect:null:0", "NA"), ("0:schema:Id", "bigint"), ("0:due", "06:00 Europe/Zurich"), ("0:shrink", "50%"));
        Assert.Empty(faults);
        var rule = Assert.Single(rules);
        Assert.Equal((LoadMode.Append, 10L, true), (rule.Settings.Mode, rule.Settings.RejectsMax, rule.Settings.Adopt));
        Assert.Equal(["a.csv"], rule.Settings.Files!);
        Assert.Equal(["NA"], rule.Settings.Dialect!.Null!);
        Assert.Equal("bigint", rule.Settings.Schema!["Id"]);
        Assert.Equal((new TimeOnly(6, 0), "Europe/Zurich", 0.5m), (rule.Due!.At, rule.Due.Zone.Id, rule.Shrink));
    }

    [Theory]
    [InlineData("mdoe", "append", "the nearest known one is \"mode\"")]
    [InlineData("due", "6 o'clock", "\"due\" is '6 o'clock'; expected a time and a zone")]
    [InlineData("due", "06:00 Mars/Olympus", "\"due\" is '06:00 Mars/Olympus'")]
    [InlineData("shrink", "150%", "\"shrink\" is '150%'; expected a percentage")]
    [InlineData("rejects:max", "ten", "\"rejects.max\" is 'ten'; expected a whole number")]
    public void Faults_name_the_configuration_key(string key, string value, string expected)
    {
        var fault = Assert.Single(Read(("0:Match", "*"), ("0:" + key, value)).Faults);
        Assert.StartsWith("Loader:Inboxes:main:Datasets:0: ", fault, StringComparison.Ordinal);
        Assert.Contains(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_needs_a_pattern() => Assert.Contains("\"Match\" is missing", Assert.Single(Read(("0:mode", "append")).Faults), StringComparison.Ordinal);

    [Fact]
    public void The_trigger_wins_over_the_first_matching_rule_and_that_over_the_built_in()
    {
        using var inbox = new TempInbox(o => o.Datasets =
        [
            new DatasetRule("sub/*.csv", new Manifest { Table = "from_sub" }, null, null),
            new DatasetRule(
                "orders-*.csv",
                new Manifest { Mode = LoadMode.Append, RejectsMax = 10, Dialect = new() { Delimiter = ";", Decimal = "," } }, null, null),
            new DatasetRule("*", new Manifest { RejectsMax = 99 }, null, null),
        ]);
        inbox.Write("orders-1.csv");
        inbox.Write("sub/x.csv");
        inbox.Write("other.csv");
        var orders = inbox.Trigger("orders-1.csv", """{"rejects":{"max":3},"dialect":{"decimal":"."}}""").Spec;
        Assert.Equal((LoadMode.Append, 3L), (orders.Mode, orders.RejectsMax));
        Assert.Equal((";", "."), (orders.Dialect!.Delimiter, orders.Dialect.Decimal));
        Assert.Equal("from_sub", inbox.Trigger("sub/x.csv").Spec.TableName);
        Assert.Equal(99, inbox.Trigger("other.csv").Spec.RejectsMax);
    }

    [Theory]
    [InlineData("orders-*.csv", "orders-.csv", true)]
    [InlineData("orders-*.csv", "orders-1.csv.gz", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a*", "a/b", false)]
    [InlineData("a?b", "a/b", false)]
    [InlineData("*[1].csv", "x[1].csv", true)]
    [InlineData("*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("", "", true)]
    [InlineData("*", "", true)]
    public void Patterns_know_star_and_question_mark_only(string pattern, string text, bool matches) => Assert.Equal(matches, Glob.Matches(pattern, text));
}

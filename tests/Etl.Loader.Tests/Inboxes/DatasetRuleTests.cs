using Etl.Loader.Inboxes;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.Tests.Inboxes;

public class DatasetRuleTests
{
    private static readonly string[] Section = ["Loader:Inboxes:main:Datasets"];

    private static (IReadOnlyList<DatasetRule> Rules, List<ConfigurationFault> Faults) Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"{Section[0]}:{s.Key}", (string?)s.Value)))
            .Build();
        var faults = new List<ConfigurationFault>();
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

    public static TheoryData<string, string, string> EveryKey() => new()
    {
        { "files:0", "part-*.csv", """["part-*.csv"]""" },
        { "table", "sales.orders", "\"sales.orders\"" },
        { "target", "lake", "\"lake\"" },
        { "format", "jsonl", "\"jsonl\"" },
        { "mode", "append", "\"append\"" },
        { "schema:Id", "numeric(12,2)", """{"Id":"numeric(12,2)"}""" },
        { "types", "text", "\"text\"" },
        { "dialect:delimiter", ";", """{"delimiter":";"}""" },
        { "dialect:quote", "'", """{"quote":"'"}""" },
        { "dialect:escape", "\\", """{"escape":"\\"}""" },
        { "dialect:encoding", "windows-1252", """{"encoding":"windows-1252"}""" },
        { "dialect:header", "false", """{"header":false}""" },
        { "dialect:skip", "3", """{"skip":3}""" },
        { "dialect:null:0", "NA", """{"null":["NA"]}""" },
        { "dialect:decimal", ",", """{"decimal":","}""" },
        { "dialect:date", "dd.MM.yyyy", """{"date":"dd.MM.yyyy"}""" },
        { "dialect:timestamp", "dd.MM.yyyy HH:mm", """{"timestamp":"dd.MM.yyyy HH:mm"}""" },
        { "columns:rename:xmin", "x_min", """{"rename":{"xmin":"x_min"}}""" },
        { "columns:only:0", "a", """{"only":["a"]}""" },
        { "columns:drop:0", "a", """{"drop":["a"]}""" },
        { "ragged", "pad", "\"pad\"" },
        { "schema_change", "widen", "\"widen\"" },
        { "rejects:max", "7", """{"max":7}""" },
        { "expect:rows", "8", """{"rows":8}""" },
        { "expect:bytes", "9", """{"bytes":9}""" },
        { "expect:sha256", new string('a', 64), $$"""{"sha256":"{{new string('a', 64)}}"}""" },
        { "priority", "high", "\"high\"" },
        { "adopt", "true", "true" },
        { "again", "true", "true" },
    };

    /// <summary>Whatever a trigger may say, a rule says it for producers who cannot; and the trigger still wins.</summary>
    [Theory]
    [MemberData(nameof(EveryKey))]
    public void A_rule_gives_what_a_trigger_with_this_key_gives(string key, string value, string json)
    {
        var (rules, faults) = Read(("0:Match", "*"), ("0:" + key, value));
        var trigger = ManifestReader.Read(System.Text.Encoding.UTF8.GetBytes($"{{\"{key.Split(':')[0]}\":{json}}}"));
        Assert.Empty(faults);
        Assert.Equivalent(trigger, Assert.Single(rules).Settings, strict: true);
        Assert.NotEqual(Manifest.Empty, trigger);
        Assert.Equivalent(trigger, Manifest.Empty.Over(rules[0].Settings), strict: true);
        Assert.Equivalent(trigger, trigger.Over(new Manifest { Mode = trigger.Mode is null ? null : LoadMode.Replace, Table = trigger.Table is null ? null : "other" }), strict: true);
    }

    [Fact]
    public void Every_key_of_a_trigger_but_its_id_is_one_of_a_rule()
    {
        Assert.Contains("unknown key 'id'", Assert.Single(Read(("0:Match", "*"), ("0:id", "1")).Faults).Problem, StringComparison.Ordinal);
        Assert.Equal(ManifestReader.KnownKeys.Except(["id"]).Order(), EveryKey().Select(row => row.Data.Item1.Split(':')[0]).Distinct().Order());
    }

    [Fact]
    public void The_rules_shrink_goes_with_the_load_and_a_requeue_takes_it_again()
    {
        var options = new InboxOptions();
        using var inbox = new TempInbox(o => (options = o).Datasets = [new DatasetRule("a.csv", Manifest.Empty, null, 0.5m)]);
        inbox.Write("a.csv");
        inbox.Introduce();
        var spec = inbox.Trigger("a.csv").Spec;
        Assert.Equal(0.5m, spec.Shrink);
        Assert.Equal(0.5m, LedgerJson.ReadSpec(LedgerJson.Write(spec)).Shrink);

        options.Datasets = [new DatasetRule("a.csv", Manifest.Empty, null, 0.9m)];
        Assert.Equal(0.9m, inbox.Files.Refresh(spec).Shrink);
        options.Datasets = [];
        Assert.Null(inbox.Files.Refresh(spec).Shrink);
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
        Assert.Equal("Loader:Inboxes:main:Datasets:0", fault.Key);
        Assert.Contains(expected, fault.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_needs_a_pattern() => Assert.Contains("\"Match\" is missing", Assert.Single(Read(("0:mode", "append")).Faults).Problem, StringComparison.Ordinal);

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
    [InlineData("t[12].csv", "t1.csv", true)]
    [InlineData("t[12].csv", "t2.csv", true)]
    [InlineData("t[12].csv", "t3.csv", false)]
    [InlineData("t[12].csv", "t12.csv", false)]
    [InlineData("t[0-9][a-c].csv", "t7b.csv", true)]
    [InlineData("t[0-9][a-c].csv", "t7d.csv", false)]
    [InlineData("t[!0-9].csv", "tx.csv", true)]
    [InlineData("t[!0-9].csv", "t5.csv", false)]
    [InlineData("t[^5]", "t5", false)]
    [InlineData("a[!x]b", "a/b", false)]
    [InlineData("a[]x]b", "a]b", true)]
    [InlineData("*[1].csv", "x1.csv", true)]
    [InlineData("*[1].csv", "x[1].csv", false)]
    [InlineData("a[b", "a[b", true)]
    [InlineData("a[]", "a[]", true)]
    [InlineData("*[0-9]*[0-9]", "a1b2", true)]
    [InlineData("*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("", "", true)]
    [InlineData("*", "", true)]
    public void Patterns_know_star_question_mark_and_sets(string pattern, string text, bool matches) => Assert.Equal(matches, Glob.Matches(pattern, text));
}

using System.Text.RegularExpressions;

namespace Etl.Loader.Tests.Docs;

/// <summary>Alerts and dashboard name no metric that there is not: <c>docs/monitoring.md</c> lists them all, which another test holds against the code.</summary>
public partial class MetricNamesTests
{
    [Theory]
    [InlineData("infra/prometheus/alerts.yml")]
    [InlineData("infra/grafana/dashboards/etl-loader.json")]
    public void Every_metric_that_is_used_exists(string file)
    {
        var known = Row().Matches(Repository.Page("docs/monitoring.md")).Select(row => InPrometheus(row.Groups["name"].Value, row.Groups["kind"].Value, row.Groups["unit"].Value)).ToHashSet();
        Assert.NotEmpty(known);
        var used = Used().Matches(Repository.Page(file)).Select(m => Regex.Replace(m.Value, "_(bucket|sum|count)$", "")).Distinct().ToArray();
        Assert.NotEmpty(used);
        Assert.Equal("", string.Join(", ", used.Where(name => !known.Contains(name))));
    }

    /// <summary>As the exporter writes it: points and units as words, counters with _total.</summary>
    private static string InPrometheus(string name, string kind, string unit) =>
        name.Replace('.', '_') + (unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" }) + (kind == "counter" ? "_total" : "");

    [GeneratedRegex(@"^\| `(?<name>etl_loader\.[a-z_.]+)` \| (?<kind>counter|gauge|histogram) \| (?<unit>[^ |]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\betl_loader_[a-z_]+")]
    private static partial Regex Used();
}

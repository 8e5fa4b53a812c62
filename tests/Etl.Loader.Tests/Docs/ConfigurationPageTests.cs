using System.Reflection;
using Etl.Loader.App.Configuration;
using Etl.Loader.App.Homes;
using Etl.Loader.Dashboard.Access;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Notifications;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Targets;
using Etl.Loader.Telemetry;

namespace Etl.Loader.Tests.Docs;

/// <summary><c>docs/configuration.md</c> has a row for every property of every options class.</summary>
public class ConfigurationPageTests
{
    private static readonly string Page = Repository.Page("docs/configuration.md");

    public static TheoryData<string, string> Sections => new()
    {
        { nameof(LoaderOptions), "Loader" },
        { nameof(TargetOptions), "Loader:Targets" },
        { nameof(InboxOptions), "Loader:Inboxes" },
        { nameof(QueueOptions), "Loader:Queue" },
        { nameof(LaneOptions), "Loader:Lane" },
        { nameof(LoadOptions), "Loader:Loads" },
        { nameof(RetentionOptions), "Loader:Retention" },
        { nameof(HttpOptions), "Loader:Http" },
        { nameof(UserOptions), "Loader:Http:Users" },
        { nameof(OpenIdOptions), "Loader:Http:OpenIdConnect" },
        { nameof(ApiKeyOptions), "Loader:Http:ApiKeys" },
        { nameof(MetricsOptions), "Loader:Telemetry:Metrics" },
        { nameof(OtlpOptions), "Loader:Telemetry:Otlp" },
        { nameof(NotificationOptions), "Loader:Notifications" },
        { nameof(WebhookOptions), "Loader:Notifications:Webhooks" },
    };

    [Theory]
    [MemberData(nameof(Sections))]
    public void Every_key_has_a_row_with_default_and_meaning(string options, string heading)
    {
        var section = Repository.Section(Page, heading);
        var type = new[] { typeof(LoadId).Assembly, typeof(HttpOptions).Assembly }.SelectMany(a => a.GetTypes()).Single(t => t.Name == options);
        string[] elsewhere = [nameof(InboxOptions.DatasetFaults), .. options == nameof(QueueOptions) ? new[] { nameof(QueueOptions.ConnectionString) } : []];
        var keys = type.GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Where(p => p.CanWrite).Select(p => p.Name).Except(elsewhere);
        var rows = section.Split('\n').Where(row => row.Count(c => c == '|') == 4).ToArray();
        Assert.Equal("", string.Join(", ", keys.Where(key => !rows.Any(row => row.StartsWith($"| `{key}` |", StringComparison.Ordinal)))));
    }

    [Fact]
    public void Every_section_under_Loader_has_options_classes_that_this_test_knows()
    {
        var all = new[] { typeof(LoadId).Assembly, typeof(HttpOptions).Assembly }.SelectMany(a => a.GetTypes())
            .Where(t => t is { IsClass: true, IsNested: false } && t.Name.EndsWith("Options", StringComparison.Ordinal)).Select(t => t.Name);
        Assert.Equal(
            Sections.Select(row => row.Data.Item1).Append("ScanOptions").Order(StringComparer.Ordinal),
            all.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ConnectionStrings:Queue")]
    [InlineData("Loader:Lanes")]
    [InlineData(ConfigurationSources.SecretsVariable)]
    [InlineData(HomeLayout.Variable)]
    public void What_belongs_to_no_options_class_is_there_too(string key) => Assert.Contains($"`{key}`", Page, StringComparison.Ordinal);
}

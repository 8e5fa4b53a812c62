using System.Text.RegularExpressions;
using Etl.Loader.App.Configuration;
using Etl.Loader.App.Homes;
using Etl.Loader.Dashboard.Access;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Notifications;
using Etl.Loader.Queue.Lanes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Tests.Docs;

/// <summary>Every key of <c>docs/configuration.md</c> with values that it cannot have: each is refused by its key, or the key's row says that it is allowed.</summary>
public partial class SettingsAreCheckedTests
{
    private static readonly string Page = Repository.Page("docs/configuration.md");

    /// <summary>Where the keys of a section stand, with what else the section needs.</summary>
    private static readonly (string Heading, string[] At)[] Sections =
    [
        ("Loader:Targets", ["Loader:Targets:warehouse", "Loader:Targets:lake"]),
        ("Loader:Inboxes", ["Loader:Inboxes:warehouse"]),
        ("Loader:Queue", ["Loader:Queue"]),
        ("Loader:Lane", ["Loader:Lane"]),
        ("Loader:Loads", ["Loader:Loads"]),
        ("Loader:Retention", ["Loader:Retention"]),
        ("Loader:Http", ["Loader:Http"]),
        ("Loader:Http:Users", ["Loader:Http:Users:kim"]),
        ("Loader:Http:OpenIdConnect", ["Loader:Http:OpenIdConnect"]),
        ("Loader:Http:ApiKeys", ["Loader:Http:ApiKeys:ci"]),
        ("Loader:Telemetry:Metrics", ["Loader:Telemetry:Metrics"]),
        ("Loader:Telemetry:Otlp", ["Loader:Telemetry:Otlp"]),
        ("Loader:Notifications", ["Loader:Notifications"]),
        ("Loader:Notifications:Webhooks", ["Loader:Notifications:Webhooks:ops"]),
    ];

    private static readonly string?[] BadValues =
    [
        null, "", "   ", "0", "00:00:00", "-1", "-00:00:01", "nonsense", "NaN", "Infinity", "99999999999999999999", "10675199.02:48:05", "30s", "5 minutes", "10:00", "24:00:00",
        "00:00:60", "0x10", "1e3", "1.5", "yes", "\u0000", "tab\tbed",
    ];

    /// <summary>Words of other products, of which any text may be one.</summary>
    private static readonly string[] FreeText = ["Schema", "ClientId", "ClientSecret", "NameClaim", "RoleClaim", "Scopes", "Operators", "Viewers", "Match", "Schemas"];

    public static TheoryData<string, string> Keys()
    {
        var keys = new TheoryData<string, string>();
        foreach (var (heading, at) in Sections)
        {
            foreach (Match row in Rows().Matches(Repository.Section(Page, heading)))
            {
                foreach (var section in at)
                {
                    var key = row.Groups["key"].Value;
                    keys.Add(key is "Match" or "due" or "shrink" ? $"{section}:Datasets:0:{key}" : $"{section}:{key}", row.Value);
                }
            }
        }

        keys.Add("ConnectionStrings:Queue", "");
        keys.Add("Loader:Lanes", "| `Lanes` | none | |");
        keys.Add("Logging:Format", "| `Format` | none | |");
        keys.Add("Logging:LogLevel:Default", "");
        return keys;
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_bad_value_is_refused_by_its_key_or_its_row_allows_it(string key, string row)
    {
        var kept = new List<string>();
        foreach (var (at, value) in BadValues.SelectMany(value => (IEnumerable<(string, string?)>)[(key, value), (key + ":0", value), (key + ":Key", value)]))
        {
            var configuration = With(at, value);
            var faults = ConfigurationCheck.FindFaults(configuration);
            if (faults.Count > 0)
            {
                Assert.All(faults, fault => Assert.False(string.IsNullOrWhiteSpace(fault.Problem)));
                if (!faults.Any(fault => Names(fault.Key, at)))
                {
                    kept.Add($"{at} = '{value}' is refused without its key: {string.Join(" ", faults)}");
                }
            }
            else if (Starts(configuration) is { } crash)
            {
                kept.Add($"{at} = '{value}' passes, and then: {crash}");
            }
            else if (!IsAllowed(at[(at.LastIndexOf(':') + 1)..] is "0" or "Key" ? key : at, value, row))
            {
                kept.Add($"{at} = '{value}' passes; its row does not allow it");
            }
        }

        Assert.Equal("", string.Join("\n", kept));
    }

    [Theory]
    [InlineData("Loader:Lane:HolderSilence", "00:00:05", "three times Loader:Lane:Heartbeat|expected 3 times Loader:Lane:Heartbeat (00:00:02)")]
    [InlineData("Loader:Lane:Heartbeat", "00:00:05", "Loader:Lane:HolderSilence is 00:00:12")]
    [InlineData("Loader:Lane:ChunkGrace", "00:00:25", "less than Loader:Lane:Shutdown (00:00:25)")]
    [InlineData("Loader:Lane:Shutdown", "00:01:00", "expected less than 00:01:00, after which the process is ended")]
    [InlineData("Loader:Loads:ProgressInterval", "00:10:00", "Loader:Loads:StallLimit is 00:10:00")]
    [InlineData("Loader:Loads:ChunkBytes", "0", "Loader:Loads:ChunkBytes is 0; expected 1 to")]
    [InlineData("Loader:Inboxes:lake:WatcherSilence", "00:00:14", "expected 3 times the 00:00:05 between two reports")]
    [InlineData("Loader:Targets:warehouse:Schema", "hangfire", "never loaded into")]
    [InlineData("Loader:Telemetry:Metrics:Port", "05080", "as Loader:Http:Port")]
    public void Values_are_checked_beside_each_other(string key, string value, string says) =>
        Assert.Contains(ConfigurationCheck.FindFaults(With(key, value)), f => says.Split('|').Any(part => f.ToString().Contains(part, StringComparison.Ordinal)));

    [Fact]
    public void Two_targets_cannot_share_a_file()
    {
        var settings = Settings();
        settings["Loader:Targets:pond:Kind"] = "DuckDb";
        settings["Loader:Targets:pond:Path"] = "/home/./lake.duckdb";
        var fault = Assert.Single(ConfigurationCheck.FindFaults(Build(settings)));
        Assert.Contains("which is the file of target", fault.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_faults_of_all_sections_are_reported_together()
    {
        var settings = Settings();
        foreach (var key in (string[])["Loader:Lane:Poll", "Loader:Loads:ChunkBytes", "Loader:Retention:Rejects", "Loader:Queue:MigrateAtStart", "Loader:Http:Port", "Loader:Inboxes:lake:ScanInterval"])
        {
            settings[key] = "-1";
        }

        Assert.Equal(6, ConfigurationCheck.FindFaults(Build(settings)).Count);
    }

    private static bool Names(string fault, string at) =>
        at.StartsWith(fault, StringComparison.OrdinalIgnoreCase) || fault.StartsWith(at, StringComparison.OrdinalIgnoreCase);

    private static bool IsAllowed(string key, string? value, string row)
    {
        var name = key[(key.LastIndexOf(':') + 1)..];
        var unset = string.IsNullOrEmpty(value) && row.Split('|') is [_, _, var standard, ..] && !standard.Contains("required", StringComparison.Ordinal);
        var ofOtherKind = key.Contains(":lake:", StringComparison.Ordinal) && name is "ConnectionString" || key.Contains(":warehouse:", StringComparison.Ordinal) && name is "Path" && key.Contains("Targets", StringComparison.Ordinal);
        return unset
            || ofOtherKind
            || row.Contains($"`{value}`", StringComparison.Ordinal)
            || (value is "00:00:00" && row.Contains("`0`", StringComparison.Ordinal))
            || (FreeText.Contains(name) && !string.IsNullOrWhiteSpace(value) && !value.Any(char.IsControl));
    }

    /// <summary>What it throws when a host binds the options; null where it does not.</summary>
    private static string? Starts(IConfiguration configuration)
    {
        try
        {
            using var provider = new ServiceCollection().AddLogging().AddEtlLoader(configuration, EtlLoaderRoles.Watcher | EtlLoaderRoles.Lanes).BuildServiceProvider();
            _ = provider.GetRequiredService<IOptions<LoaderOptions>>().Value;
            _ = provider.GetRequiredService<IOptions<QueueOptions>>().Value;
            _ = provider.GetRequiredService<IOptions<LaneOptions>>().Value;
            _ = provider.GetRequiredService<LoadOptions>();
            _ = provider.GetRequiredService<RetentionOptions>();
            _ = provider.GetRequiredService<IOptions<NotificationOptions>>().Value;
            _ = configuration.GetSection(HttpOptions.Section).Get<HttpOptions>();
            _ = provider.GetRequiredService<InboxCatalog>();
            return null;
        }
        catch (Exception crash)
        {
            return $"{crash.GetType().Name}: {crash.Message}";
        }
    }

    private static IConfigurationRoot With(string key, string? value)
    {
        var settings = Settings();

        // One value and keys below it exclude each other, as in a file.
        foreach (var old in settings.Keys.Where(old => old.StartsWith(key + ":", StringComparison.OrdinalIgnoreCase) || key.StartsWith(old + ":", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            settings.Remove(old);
        }

        settings[key] = value;
        return Build(settings);
    }

    private static IConfigurationRoot Build(Dictionary<string, string?> settings) => new ConfigurationBuilder().AddInMemoryCollection(settings).Build();

    /// <summary>All right as they are.</summary>
    private static Dictionary<string, string?> Settings()
    {
        var settings = HomeDefaults.Of(
            "Host=db;Database=etl_loader", "Host=db;Database=warehouse", "/home/lake.duckdb", new Dictionary<string, string> { ["warehouse"] = "/home/w", ["lake"] = "/home/l" });
        settings["Loader:Inboxes:warehouse:Datasets:0:Match"] = "*.csv";
        settings["Loader:Http:Users:kim:PasswordHash"] = Hash;
        settings["Loader:Http:ApiKeys:ci:Hash"] = new string('a', 64);
        settings["Loader:Http:OpenIdConnect:Authority"] = "https://login.example.org";
        settings["Loader:Http:OpenIdConnect:ClientId"] = "etl";
        settings["Loader:Http:OpenIdConnect:ClientSecret"] = "s3cret";
        settings["Loader:Http:OpenIdConnect:Operators:0"] = "ops";
        settings["Loader:Http:OpenIdConnect:Viewers:0"] = "*";
        settings["Loader:Notifications:Webhooks:ops:Url"] = "https://ops.example";
        settings["Loader:Notifications:Webhooks:ops:Secret"] = new string('s', 32);
        return settings;
    }

    private static readonly string Hash = Passwords.Hash("long enough words");

    [GeneratedRegex(@"^\| `(?<key>[A-Za-z]+)` \|.*\|$", RegexOptions.Multiline)]
    private static partial Regex Rows();
}

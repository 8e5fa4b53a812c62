using Etl.Loader.App.Configuration;
using Etl.Loader.App.Homes;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.Tests.App;

public class ConfigurationCheckTests
{
    private const string Database = "Host=db;Database=etl_loader";

    [Fact]
    public void What_a_home_brings_has_no_fault() => Assert.Empty(Check(Home()));

    /// <summary>A watcher's secrets have the queue's connection string and nothing else.</summary>
    [Theory]
    [InlineData("infra/systemd/appsettings.json")]
    [InlineData("infra/compose/appsettings.json")]
    public void What_is_installed_is_enough_for_a_watcher(string file)
    {
        using var text = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Docs.Repository.Page(file)));
        var configuration = new ConfigurationBuilder().AddJsonStream(text).AddInMemoryCollection([new("ConnectionStrings:Queue", Database)]).Build();
        Assert.Empty(ConfigurationCheck.FindFaults(configuration));
    }

    [Fact]
    public void All_faults_are_found_at_once_each_with_its_key()
    {
        var settings = Home();
        settings["ConnectionStrings:Queue"] = "";
        settings["Loader:Targets:Big-One:Kind"] = "DuckDb";
        settings["Loader:Targets:Big-One:Path"] = "relative.duckdb";
        settings["Loader:Targets:warehouse:Streams"] = "17";
        settings["Loader:Inboxes:lake:Target"] = "lage";
        settings["Loader:Inboxes:lake:AfterLoad"] = "archive:";
        settings["Loader:Inboxes:warehouse:Path"] = "inbox";
        settings["Loader:Inboxes:warehouse:Markers"] = "maybe";
        settings["Loader:Http:Port"] = "80000";
        settings["Loader:Http:Address"] = "everywhere";
        settings["Loader:Http:PathBase"] = "etl/";
        settings["Loader:Http:KnownProxies:0"] = "proxy";
        settings["Loader:Telemetry:Metrics:Port"] = "0";
        settings["Loader:Telemetry:Otlp:Endpoint"] = "collector:4317";
        settings["Loader:Telemetry:Otlp:Protocol"] = "http";
        settings["Loader:Notifications:StalledAfter"] = "0";
        settings["Loader:Notifications:Webhooks:ops:Url"] = "ops.example";
        settings["Loader:Notifications:Webhooks:ops:Secret"] = "short";
        settings["Loader:Notifications:Webhooks:ops:Events:0"] = "fialed";
        settings["Logging:Format"] = "xml";

        Assert.Equal(
            [
                "ConnectionStrings:Queue",
                "Loader:Http:Address",
                "Loader:Http:KnownProxies:0",
                "Loader:Http:PathBase",
                "Loader:Http:Port",
                "Loader:Inboxes:lake:AfterLoad",
                "Loader:Inboxes:lake:Target",
                "Loader:Inboxes:warehouse:Markers",
                "Loader:Inboxes:warehouse:Path",
                "Loader:Notifications:StalledAfter",
                "Loader:Notifications:Webhooks:ops:Events",
                "Loader:Notifications:Webhooks:ops:Secret",
                "Loader:Notifications:Webhooks:ops:Url",
                "Loader:Targets:Big-One",
                "Loader:Targets:Big-One:Path",
                "Loader:Targets:warehouse:Streams",
                "Loader:Telemetry:Metrics:Port",
                "Loader:Telemetry:Otlp:Endpoint",
                "Loader:Telemetry:Otlp:Protocol",
                "Logging:Format",
            ],
            Check(settings).Select(f => f.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_key_of_a_target_and_of_the_lanes_and_loads_is_known()
    {
        var settings = Home();
        settings["Loader:Targets:lake:MemoryLimit"] = "1GB";
        settings["Loader:Targets:lake:Threads"] = "2";
        settings["Loader:Targets:lake:TempDirectory"] = "/var/tmp";
        settings["Loader:Targets:lake:ReaderWindow"] = "00:00:01";
        settings["Loader:Lane:Heartbeat"] = "00:00:01";
        settings["Loader:Loads:ChunkBytes"] = "1048576";

        Assert.Empty(Check(settings));
    }

    [Theory]
    [InlineData("Loader:Lane:Hartbeat", "Heartbeat")]
    [InlineData("Loader:Loads:ChunkByte", "ChunkBytes")]
    [InlineData("Loader:Inboxs:a:Path", "Inboxes")]
    [InlineData("Loader:Http:Prot", "Port")]
    [InlineData("Loader:Telemetry:Metrics:Prot", "Port")]
    [InlineData("Loader:Notifications:Webhooks:ops:Ulr", "Url")]
    [InlineData("Loader:Targets:lake:Paht", "Path")]
    [InlineData("Loader:Inboxes:lake:Recursiv", "Recursive")]
    public void A_misspelt_key_is_a_fault_that_names_the_nearest(string key, string nearest)
    {
        var settings = Home();
        settings[key] = "1";

        Assert.Contains(Check(settings), f => f.Problem.Contains($"did you mean {nearest}?", StringComparison.Ordinal));
    }

    [Fact]
    public void A_value_of_the_wrong_kind_is_a_fault_of_its_key()
    {
        var settings = Home();
        settings["Loader:Targets:lake:Kind"] = "Oracle";

        Assert.Contains(Check(settings), f => f.Key.StartsWith("Loader:Targets:lake", StringComparison.Ordinal) && f.Problem.Contains("Oracle", StringComparison.Ordinal));
    }

    [Fact]
    public void A_broken_connection_string_is_reported_without_its_password()
    {
        var settings = Home();
        settings["ConnectionStrings:Queue"] = "Host=db;Password=s3cret;Nonsense=1";

        var fault = Assert.Throws<LoaderException>(() => ConfigurationCheck.ThrowIfFaulty(Build(settings)));

        Assert.Contains("ConnectionStrings:Queue", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", fault.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Home() => HomeDefaults.Of(
        Database, "Host=db;Database=warehouse", "/home/lake.duckdb", new Dictionary<string, string> { ["warehouse"] = "/home/w", ["lake"] = "/home/l" });

    private static IReadOnlyList<ConfigurationFault> Check(Dictionary<string, string?> settings) => ConfigurationCheck.FindFaults(Build(settings));

    private static IConfigurationRoot Build(Dictionary<string, string?> settings) => new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
}

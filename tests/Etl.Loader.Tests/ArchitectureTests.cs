using NetArchTest.Rules;

namespace Etl.Loader.Tests;

/// <summary>
/// Holds the directions between the stations: who may know whom. A rule that fails names the types that break it; the way to fix it is to
/// move the code to the station it belongs to, not to widen the rule.
/// </summary>
public class ArchitectureTests
{
    private const string Root = "Etl.Loader";
    private static readonly string[] Stations =
        [$"{Root}.Files", $"{Root}.Inboxes", $"{Root}.Ledger", $"{Root}.Queue", $"{Root}.Survey", $"{Root}.Loads", $"{Root}.Targets", $"{Root}.Telemetry", $"{Root}.Notifications", $"{Root}.Faults"];

    public static TheoryData<string, string[]> Allowed => new()
    {
        { "Files", [] },
        { "Faults", [] },
        { "Survey", ["Files"] },
        { "Telemetry", [] },
        { "Ledger", ["Survey", "Telemetry"] },
        { "Inboxes", ["Files", "Survey", "Ledger", "Telemetry", "Faults"] },
        { "Targets", ["Files", "Survey", "Ledger", "Telemetry", "Faults"] },
        { "Loads", ["Survey", "Ledger", "Inboxes", "Targets", "Telemetry", "Faults"] },
        { "Queue", ["Survey", "Ledger", "Loads", "Targets", "Telemetry", "Faults"] },
        { "Notifications", ["Survey", "Ledger", "Inboxes", "Telemetry"] },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void A_station_knows_only_the_stations_before_it(string station, string[] known)
    {
        var closed = Stations.Except(known.Append(station).Select(s => $"{Root}.{s}")).ToArray();

        // What the operator wrote is read by anyone who needs it: an inbox knows the default schema of its target.
        var forbidden = typeof(LoadId).Assembly.GetTypes()
            .Where(type => closed.Any(c => type.Namespace == c || type.Namespace?.StartsWith(c + ".", StringComparison.Ordinal) == true))
            .Where(type => type.Name is not ("TargetOptions" or "TargetKind"))
            .Select(type => type.FullName!)
            .ToArray();
        Holds(Types.InAssembly(typeof(LoadId).Assembly)
            .That().ResideInNamespaceStartingWith($"{Root}.{station}")
            .ShouldNot().HaveDependencyOnAny(forbidden));
    }

    [Fact]
    public void Only_the_queue_names_a_Hangfire_type() =>
        Holds(Types.InAssembly(typeof(LoadId).Assembly)
            .That().DoNotResideInNamespaceStartingWith($"{Root}.Queue")
            .ShouldNot().HaveDependencyOn("Hangfire"));

    [Theory]
    [InlineData("PostgreSql", "DuckDb")]
    [InlineData("DuckDb", "PostgreSql")]
    public void A_target_never_knows_another(string target, string other) =>
        Holds(Types.InAssembly(typeof(LoadId).Assembly)
            .That().ResideInNamespaceStartingWith($"{Root}.Targets.{target}")
            .ShouldNot().HaveDependencyOn($"{Root}.Targets.{other}"));

    [Theory]
    [InlineData("Npgsql", "Targets.PostgreSql", "Ledger", "Queue", "Faults")]
    [InlineData("DuckDB", "Targets.DuckDb", "Survey.Parquet")]
    public void A_driver_stays_in_the_folders_that_need_it(string driver, params string[] folders)
    {
        var types = Types.InAssembly(typeof(LoadId).Assembly).That().ResideInNamespaceStartingWith(Root);
        Holds(folders
            .Aggregate(types, (rule, folder) => rule.And().DoNotResideInNamespaceStartingWith($"{Root}.{folder}"))
            .ShouldNot().HaveDependencyOn(driver));
    }

    [Fact]
    public void Nothing_is_public_but_the_way_in_and_the_job_contract() =>
        Assert.Equal(
            ["AddEtlLoaderExtensions", "EtlLoaderRoles", "ILoadJob"],
            typeof(LoadId).Assembly.GetExportedTypes().Select(t => t.Name).Order(StringComparer.Ordinal));

    private static void Holds(ConditionList rule)
    {
        var result = rule.GetResult();
        Assert.True(result.IsSuccessful, string.Join('\n', result.FailingTypeNames ?? []));
    }
}

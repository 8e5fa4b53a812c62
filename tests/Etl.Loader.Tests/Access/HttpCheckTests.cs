using Etl.Loader.App.Configuration;
using Etl.Loader.App.Homes;
using Etl.Loader.Dashboard.Access;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.Tests.Access;

public class HttpCheckTests
{
    private static readonly string Hash = Passwords.Hash("long enough words");

    [Fact]
    public void Users_keys_and_a_provider_written_right_have_no_fault() => Assert.Empty(Check(new()
    {
        ["Loader:Http:Metrics"] = "open",
        ["Loader:Http:SignInLasts"] = "08:00:00",
        ["Loader:Http:Users:kim@example.org:PasswordHash"] = Hash,
        ["Loader:Http:Users:kim@example.org:Role"] = "operator",
        ["Loader:Http:ApiKeys:ci:Hash"] = new string('a', 64),
        ["Loader:Http:ApiKeys:ci:Role"] = "viewer",
        ["Loader:Http:OpenIdConnect:Authority"] = "https://login.example.org/realms/main",
        ["Loader:Http:OpenIdConnect:ClientId"] = "etl",
        ["Loader:Http:OpenIdConnect:ClientSecret"] = "s3cret",
        ["Loader:Http:OpenIdConnect:Scopes:0"] = "groups",
        ["Loader:Http:OpenIdConnect:NameClaim"] = "email",
        ["Loader:Http:OpenIdConnect:RoleClaim"] = "groups",
        ["Loader:Http:OpenIdConnect:Operators:0"] = "etl-operators",
        ["Loader:Http:OpenIdConnect:Viewers:0"] = "*",
    }));

    [Fact]
    public void All_faults_are_found_at_once_each_with_its_key_and_without_its_secret()
    {
        var faults = Check(new()
        {
            ["Loader:Http:Metrics"] = "public",
            ["Loader:Http:SignInLasts"] = "00:00:01",
            ["Loader:Http:Users:kim:PasswordHash"] = "swordfish",
            ["Loader:Http:Users:kim:Role"] = "admin",
            ["Loader:Http:Users:two words:PasswordHash"] = Hash,
            ["Loader:Http:ApiKeys:ci:Hash"] = "swordfish",
            ["Loader:Http:ApiKeys:ci:Role"] = "1",
            ["Loader:Http:OpenIdConnect:Authority"] = "http://login.example.org",
            ["Loader:Http:OpenIdConnect:ClientSecret"] = "",
        });
        Assert.Equal(
            [
                "Loader:Http:ApiKeys:ci:Hash",
                "Loader:Http:ApiKeys:ci:Role",
                "Loader:Http:Metrics",
                "Loader:Http:OpenIdConnect",
                "Loader:Http:OpenIdConnect:Authority",
                "Loader:Http:OpenIdConnect:ClientId",
                "Loader:Http:OpenIdConnect:ClientSecret",
                "Loader:Http:SignInLasts",
                "Loader:Http:Users:kim:PasswordHash",
                "Loader:Http:Users:kim:Role",
                "Loader:Http:Users:two words",
            ],
            faults.Select(f => f.Key).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(faults, f => f.Problem.Contains("swordfish", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Loader:Http:Users:kim:PaswordHash", "PasswordHash")]
    [InlineData("Loader:Http:ApiKeys:ci:Hsh", "Hash")]
    [InlineData("Loader:Http:OpenIdConnect:Autority", "Authority")]
    public void A_misspelt_key_is_a_fault_that_names_the_nearest(string key, string nearest) =>
        Assert.Contains(Check(new() { [key] = "x" }), f => f.Key == key && f.Problem.Contains($"did you mean {nearest}?", StringComparison.Ordinal));

    private static IReadOnlyList<ConfigurationFault> Check(Dictionary<string, string?> settings)
    {
        var home = HomeDefaults.Of(
            "Host=db;Database=etl_loader", "Host=db;Database=warehouse", "/home/lake.duckdb", new Dictionary<string, string> { ["warehouse"] = "/home/w", ["lake"] = "/home/l" });
        return ConfigurationCheck.FindFaults(new ConfigurationBuilder().AddInMemoryCollection(home).AddInMemoryCollection(settings).Build());
    }
}

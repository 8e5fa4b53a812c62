using Etl.Loader.IntegrationTests.Infra;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>No verb starts anything with a setting that cannot be, wherever it is written.</summary>
public sealed class SettingsAreCheckedTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("settings-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("up --home home --no-samples")]
    [InlineData("watch")]
    [InlineData("serve")]
    [InlineData("status")]
    [InlineData("loads")]
    [InlineData("pause warehouse")]
    [InlineData("deliver data.csv --inbox warehouse")]
    [InlineData("doctor")]
    public async Task Every_verb_refuses_what_the_environment_and_the_file_say_wrong_all_at_once(string verb)
    {
        await File.WriteAllTextAsync(
            Path.Combine(_directory.FullName, "appsettings.json"),
            """{ "Loader": { "Loads": { "ChunkBytes": 0 }, "Retention": { "Rejects": "-1.00:00:00" }, "Http": { "KnownProxies": "10.0.0.1" } } }""",
            TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "data.csv"), "id\n1\n", TestContext.Current.CancellationToken);
        var environment = new Dictionary<string, string>
        {
            ["Loader__Lane__HolderSilence"] = "00:00:01",
            ["Loader__Http__Port"] = "",
            ["ConnectionStrings__Queue"] = verb.StartsWith("up", StringComparison.Ordinal) ? "" : "Host=127.0.0.1;Port=1;Database=etl_loader",
        };
        var (exit, said) = await RunningVerb.RunAsync(RunningUp.Executable, verb, environment, _directory.FullName);
        Assert.True(exit == 2, $"{exit}: {said}");
        foreach (var key in (string[])["Loader:Loads:ChunkBytes is 0", "Loader:Retention:Rejects is -1.00:00:00", "Loader:Http:KnownProxies is", "Loader:Lane:HolderSilence is 00:00:01", "Loader:Http:Port is"])
        {
            Assert.Contains(key, said, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_directory.FullName, "home", "postgres")), "a PostgreSQL was made");
    }
}

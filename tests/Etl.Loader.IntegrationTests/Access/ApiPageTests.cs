using System.Diagnostics;
using Etl.Loader.IntegrationTests.EndToEnd;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.IntegrationTests.Terminals;

namespace Etl.Loader.IntegrationTests.Access;

/// <summary>The examples of docs/api.md run as they are; see <see cref="PageCommand"/> for what is marked.</summary>
public class ApiPageTests(PostgresServer server)
{
    private static readonly string Page = Path.Combine(Repository.Root, "docs", "api.md");

    [Fact]
    public async Task Every_example_of_the_page_runs()
    {
        await using var site = await Site.WithPeopleAsync(server);
        await File.WriteAllTextAsync(Path.Combine(site.Inbox, "orders.csv"), "id\n1\n", Site.Token);
        var commands = PageCommand.Read(await File.ReadAllLinesAsync(Page, Site.Token));
        Assert.True(commands.Count > 5);
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-xc", string.Join('\n', commands.Select(c => c.Text))]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ETL_LOADER_URL"] = site.Address.GetLeftPart(UriPartial.Authority);
        start.Environment["ETL_LOADER_KEY"] = Site.OperatorKey;
        using var shell = Process.Start(start)!;
        var output = shell.StandardOutput.ReadToEndAsync(Site.Token);
        var error = shell.StandardError.ReadToEndAsync(Site.Token);
        await shell.WaitForExitAsync(Site.Token);
        Assert.True(shell.ExitCode == 0, $"ended with {shell.ExitCode}\n{await output}\n{await error}");
        Assert.Equal(
            "accept delivered by mail, pause vacuum, resume -",
            await site.ScalarAsync<string>("SELECT string_agg(action || ' ' || coalesce(reason, '-'), ', ' ORDER BY id) FROM etl_loader.audit WHERE actor = 'key ci'"));
    }

    [Fact]
    public async Task The_page_and_the_document_name_the_same_addresses()
    {
        await using var site = await Site.WithPeopleAsync(server);
        using var program = site.WithKey(Site.ViewerKey);
        using var document = System.Text.Json.JsonDocument.Parse(await program.TextAsync("/api/openapi.json"));
        var page = await File.ReadAllTextAsync(Page, Site.Token);
        Assert.All(
            document.RootElement.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => $"| `{method.Name.ToUpperInvariant()} {path.Name}` |")),
            row => Assert.Contains(row, page, StringComparison.Ordinal));
    }
}

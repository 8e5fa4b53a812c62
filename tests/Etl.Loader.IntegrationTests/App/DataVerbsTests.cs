using System.Text;
using System.Text.Json;
using Etl.Loader.App;
using Etl.Loader.App.Commands;
using Etl.Loader.App.Output;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.IntegrationTests.Targets.PostgreSql;

namespace Etl.Loader.IntegrationTests.App;

/// <summary>Verbs over a real configuration: what they are wired to.</summary>
public sealed class DataVerbsTests(PostgresServer server) : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("verbs-");
    private readonly StringBuilder _printed = new();
    private readonly StringBuilder _errors = new();

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_check_holds_the_file_against_the_table_that_there_is_and_changes_nothing()
    {
        var connection = await server.CreateDatabaseAsync("check");
        await using var database = new PostgreSqlDatabase(connection);
        await database.QueryAsync("CREATE TABLE orders (id bigint, note text)");
        var file = Path.Combine(_directory.FullName, "orders.csv");
        await File.WriteAllTextAsync(file, "id,note\n1.5,7\n2,8\n", TestContext.Current.CancellationToken);

        Assert.Equal(ExitCodes.Done, await RunAsync(connection, "check", file, "--target", "warehouse", "--json"));
        var check = JsonDocument.Parse(_printed.ToString()).RootElement[0];
        Assert.Equal(
            [("numeric(20,1)", "bigint"), ("text", "text")],
            check.GetProperty("columns").EnumerateArray().Select(c => (c.GetProperty("type").GetString(), c.GetProperty("existing").GetString())));
        Assert.Equal(JsonValueKind.Null, check.GetProperty("ddl").ValueKind);
        Assert.Equal([["0"]], await database.QueryAsync("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'etl_loader%'"));
        Assert.Equal(["orders.csv"], _directory.EnumerateFileSystemInfos().Select(f => f.Name));
    }

    [Fact]
    public async Task A_load_accepts_by_the_queue_database_and_a_file_outside_of_every_inbox_is_refused()
    {
        var connection = await server.CreateDatabaseAsync("verbs");
        var inbox = _directory.CreateSubdirectory("inbox").FullName;
        var file = Path.Combine(inbox, "orders.csv");
        await File.WriteAllTextAsync(file, "id\n1\n", TestContext.Current.CancellationToken);
        string[] settings = ["--set", $"Loader:Inboxes:main:Path={inbox}", "--set", "Loader:Inboxes:main:Target=warehouse"];

        Assert.Equal(ExitCodes.Done, await RunAsync(connection, ["migrate"]));
        Assert.Equal(ExitCodes.Done, await RunAsync(connection, ["load", file, .. settings]));
        Assert.True(File.Exists(file + ".queued"));
        await using var database = new PostgreSqlDatabase(connection);
        Assert.Equal([["orders.csv", "queued"]], await database.QueryAsync("SELECT dataset, status FROM etl_loader.load_status"));

        Assert.Equal(ExitCodes.Usage, await RunAsync(connection, ["load", typeof(DataVerbsTests).Assembly.Location, .. settings]));
        Assert.Contains("is not in any inbox", _errors.ToString(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(string connection, params string[] arguments) => CommandLine.RunAsync(
        [.. arguments, "--set", $"ConnectionStrings:Queue={connection}", "--set", "Loader:Targets:warehouse:Kind=PostgreSql",
            "--set", $"Loader:Targets:warehouse:ConnectionString={connection}"],
        Surroundings.Real with { Out = new StringWriter(_printed), Error = new StringWriter(_errors), Interactive = false },
        TestContext.Current.CancellationToken);
}

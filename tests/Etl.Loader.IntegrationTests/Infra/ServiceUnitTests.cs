using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Etl.Loader.IntegrationTests.EndToEnd;
using Etl.Loader.IntegrationTests.Support;

namespace Etl.Loader.IntegrationTests.Infra;

/// <summary>The units of <c>infra/systemd</c>, run as systemd runs them as far as that goes without one.</summary>
public sealed class ServiceUnitTests(PostgresServer server) : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("unit-");

    public static TheoryData<string> Units => ["etl-loader-watcher", "etl-loader"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Units))]
    public async Task The_command_of_a_unit_shows_that_it_is_ready_that_it_lives_and_that_it_stops(string unit)
    {
        var reported = new ConcurrentQueue<string>();
        var path = Path.Combine(_directory.FullName, "notify");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var listening = ListenAsync(socket, reported, ended.Token);

        var environment = await EnvironmentAsync(unit);
        environment["NOTIFY_SOCKET"] = path;
        environment["WATCHDOG_USEC"] = "400000";
        await using (var process = RunningVerb.Start(RunningUp.Executable, Settings(unit, "ExecStart").Single().Split(' ', 2)[1], environment, _directory.FullName))
        {
            string Seen() => $"reported: {string.Join(", ", reported)}\n{process.Said}";
            await Deadline.UntilAsync(() => reported.Contains("READY=1") && reported.Count(s => s == "WATCHDOG=1") > 2, Seen, token: Token);
            await Deadline.UntilAsync(() => reported.Contains("STATUS=running"), Seen, token: Token);
            Assert.DoesNotContain("STOPPING=1", reported);

            Assert.Equal(0, await process.StopAsync());
            await Deadline.UntilAsync(() => reported.Contains("STOPPING=1"), Seen, token: Token);
        }

        await ended.CancelAsync();
        await listening;
    }

    [Theory]
    [MemberData(nameof(Units))]
    public async Task Systemd_understands_a_unit_and_finds_it_closed(string unit)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "There is no systemd-analyze here.");
        var file = Path.Combine(_directory.FullName, unit + ".service");
        await File.WriteAllTextAsync(
            file, (await File.ReadAllTextAsync(Unit(unit), Token)).Replace("/opt/etl-loader/current/etl-loader", RunningUp.Executable, StringComparison.Ordinal), Token);
        var environment = new Dictionary<string, string>();
        var (code, said) = await RunningVerb.RunAsync("systemd-analyze", $"verify --man=no {file}", environment, _directory.FullName);
        Assert.True(code == 0 && said.Trim().Length == 0, said);
        (code, said) = await RunningVerb.RunAsync("systemd-analyze", $"security --offline=yes --no-pager --threshold=20 {file}", environment, _directory.FullName);
        Assert.True(code == 0, said);
    }

    private static string Unit(string unit) => Path.Combine(Repository.Root, "infra", "systemd", unit + ".service");

    private static IEnumerable<string> Settings(string unit, string key) =>
        File.ReadLines(Unit(unit)).Where(line => line.StartsWith(key + "=", StringComparison.Ordinal)).Select(line => line[(key.Length + 1)..]);

    private static async Task ListenAsync(Socket socket, ConcurrentQueue<string> reported, CancellationToken token)
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer, token);
                foreach (var line in Encoding.UTF8.GetString(buffer, 0, length).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    reported.Enqueue(line);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    /// <summary>As the unit and its directory of secrets give it, with a port that no one else has.</summary>
    private async Task<Dictionary<string, string>> EnvironmentAsync(string unit)
    {
        var environment = Settings(unit, "Environment").Select(e => e.Split('=', 2)).ToDictionary(e => e[0], e => e[1], StringComparer.Ordinal);
        var secrets = _directory.CreateSubdirectory("secrets").FullName;
        await File.WriteAllTextAsync(Path.Combine(secrets, "ConnectionStrings__Queue"), await server.CreateDatabaseAsync("queue") + "\n", Token);
        await File.WriteAllTextAsync(Path.Combine(secrets, "Loader__Targets__warehouse__ConnectionString"), await server.CreateDatabaseAsync("warehouse") + "\n", Token);
        Assert.EndsWith(unit == "etl-loader" ? "/loader" : "/watcher", environment["ETL_LOADER_SECRETS"], StringComparison.Ordinal);
        environment["ETL_LOADER_SECRETS"] = secrets;
        environment["Loader__Http__Port"] = "0";

        // The configuration that the installation begins with; its directories are the site's.
        File.Copy(Path.Combine(Repository.Root, "infra", "systemd", "appsettings.json"), Path.Combine(_directory.FullName, "appsettings.json"));
        environment["Loader__Inboxes__warehouse__Path"] = _directory.CreateSubdirectory("inbox").FullName;
        Assert.Equal(0, (await RunningVerb.RunAsync(RunningUp.Executable, "migrate", environment, _directory.FullName)).ExitCode);
        return environment;
    }
}

using Etl.Loader.App.Configuration;
using Etl.Loader.App.PrivatePostgres;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Homes;

/// <summary>The databases behind an <c>up</c>: a private PostgreSQL, or, where a queue database is configured, that one.</summary>
internal sealed class HomeDatabases : IAsyncDisposable
{
    private const string QueueDatabase = "etl_loader";
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(2);

    private readonly PrivateServerOptions? _options;
    private readonly Action<string> _report;
    private readonly TimeProvider _time;
    private readonly string? _givenQueue;
    private PrivateServer? _server;

    private readonly RestartReports _reports;

    private HomeDatabases(PrivateServerOptions? options, PrivateServer? server, string? givenQueue, Action<string> report, TimeProvider time) =>
        (_options, _server, _givenQueue, _report, _time, _reports) = (options, server, givenQueue, report, time, new RestartReports(report, time));

    public static async Task<HomeDatabases> OpenAsync(
        HomeLayout home, IEnumerable<string> assignments, Action<string> report, TimeProvider time, CancellationToken token)
    {
        var given = ConfigurationSources.Build(new Dictionary<string, string?>(), assignments).GetConnectionString("Queue");
        if (!string.IsNullOrEmpty(given))
        {
            report("using the queue database of ConnectionStrings:Queue");
            return new HomeDatabases(null, null, given, report, time);
        }

        var options = new PrivateServerOptions { Directory = home.Postgres, PasswordFile = home.PasswordFile, Report = report };
        report("starting PostgreSQL");
        var server = await PrivateServer.StartAsync(options, time, token);
        report($"PostgreSQL is {(server.Adopted ? "already running" : "running")} on 127.0.0.1:{server.Port}, data in {server.Directory}");
        if (server.Leftover is { } leftover)
        {
            report($"note: {leftover} is left over from an earlier home at this path; delete it if you do not need its data");
        }

        var databases = new HomeDatabases(options, server, null, report, time);
        try
        {
            foreach (var database in new[] { QueueDatabase, HomeDefaults.Warehouse })
            {
                await server.EnsureDatabaseAsync(database, token);
                await server.LookInPublicAsync(database, token);
            }

            return databases;
        }
        catch
        {
            await databases.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// What the settings will be, with stand-ins for the connections to servers that do not run yet: enough to check everything else before one is started.
    /// </summary>
    public static Dictionary<string, string?> Foreseen(HomeLayout home) => Defaults(home, database => $"Host={home.Postgres};Database={database}");

    public Dictionary<string, string?> Defaults(HomeLayout home) => Defaults(home, Reached);

    private static Dictionary<string, string?> Defaults(HomeLayout home, Func<string, string> reached)
    {
        var inboxes = new Dictionary<string, string>
        {
            [HomeDefaults.Warehouse] = home.Inbox(HomeDefaults.Warehouse),
            [HomeDefaults.Lake] = home.Inbox(HomeDefaults.Lake),
        };
        var settings = HomeDefaults.Of(reached(QueueDatabase), reached(HomeDefaults.Warehouse), home.Lake, inboxes);
        settings["Loader:Queue:MigrateAtStart"] = "true";
        return settings;
    }

    /// <summary>What <c>ready.json</c> says, by the configuration that is in force.</summary>
    public ReadyFile Ready(HomeLayout home, IConfiguration configuration, string dashboard) => new(
        dashboard,
        Reported(configuration.GetConnectionString("Queue"), QueueDatabase),
        Reported(configuration[$"Loader:Targets:{HomeDefaults.Warehouse}:ConnectionString"], HomeDefaults.Warehouse),
        configuration[$"Loader:Targets:{HomeDefaults.Lake}:Path"] ?? home.Lake,
        configuration.GetSection("Loader:Inboxes").GetChildren().ToDictionary(i => i.Key, i => i["Path"] ?? "", StringComparer.Ordinal),
        Environment.ProcessId,
        _server?.ProcessId);

    /// <summary>Returns when either token fires; meanwhile a private server that died is started again, of which <paramref name="restarted"/> is notified.</summary>
    public async Task KeepAliveAsync(Action restarted, CancellationToken stopping, CancellationToken token)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, token);
        using var timer = new PeriodicTimer(WatchInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(either.Token))
            {
                if (_server is { IsRunning: false })
                {
                    await RestartAsync(restarted, either.Token);
                }
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The way to stop.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            _report("stopping PostgreSQL");
            await _server.StopAsync(CancellationToken.None);
        }
    }

    /// <summary>How this process reaches a database. A given queue database is also the warehouse, unless the configuration says otherwise.</summary>
    private string Reached(string database) => _givenQueue ?? _server!.SocketConnectionString(database);

    /// <summary>What others are told: what is configured, but TCP instead of our own socket, which every client can reach and understands.</summary>
    private string Reported(string? configured, string database) =>
        configured is not null && configured != Reached(database) ? configured : _givenQueue ?? _server!.ConnectionString(database);

    private async Task RestartAsync(Action restarted, CancellationToken token)
    {
        _reports.Died();
        try
        {
            _server = await PrivateServer.StartAsync(_options!, _time, token);
            _reports.Runs();
            restarted();
        }
        catch (LoaderException fault)
        {
            _reports.Failed(fault);
        }
    }
}

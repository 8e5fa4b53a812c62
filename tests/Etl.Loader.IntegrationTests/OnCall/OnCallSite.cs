using System.Diagnostics;
using Etl.Loader.IntegrationTests.EndToEnd;
using Etl.Loader.IntegrationTests.Infra;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.IntegrationTests.Telemetry;
using Npgsql;

namespace Etl.Loader.IntegrationTests.OnCall;

/// <summary>
/// An installation whose parts a test breaks one after the other: a watcher, a loader for the warehouse, and another process that serves the lake and the
/// dashboard, so that someone is there to look at what is broken. The warehouse is on a server of its own, on a small disk where mounting is allowed.
/// </summary>
internal sealed class OnCallSite : IAsyncDisposable
{
    private const string Role = "etl";
    private const string Password = "right";
    private readonly string _directory = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"etl-loader-on-call-{Environment.ProcessId}-{Path.GetRandomFileName()[..8]}")).FullName;
    private readonly List<RunningVerb> _processes = [];
    private readonly string _queue;
    private PrivateCluster _cluster = null!;
    private int _deliveries;

    private OnCallSite(string queue) => _queue = queue;

    public Dictionary<string, string> Settings { get; } = [];

    public Uri Dashboard { get; private set; } = null!;

    public RunningVerb Loader { get; private set; } = null!;

    public RunningVerb Watcher { get; private set; } = null!;

    /// <summary>False where no file system may be mounted: then no disk is filled.</summary>
    public bool HasDisk { get; private set; }

    public PrivateCluster Cluster => _cluster;

    public string Lake => Path.Combine(_directory, "lake.duckdb");

    public string Root => _directory;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Disk => Path.Combine(_directory, "disk");

    private string Ballast => Path.Combine(Disk, "ballast");

    public static async Task<OnCallSite> StartAsync(PostgresServer server)
    {
        var site = new OnCallSite(await server.CreateQueueAsync());
        try
        {
            await site.StartAsync();
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    public string Inbox(string name) => Path.Combine(_directory, "inbox", name);

    public RunningVerb StartLoader() => Loader = Start("serve --lanes warehouse --no-dashboard");

    public RunningVerb StartWatcher() => Watcher = Start("watch");

    /// <summary>Another loader for the warehouse, which never breaks its holder's lock.</summary>
    public RunningVerb StartStandby() => Start("serve --lanes warehouse --no-dashboard", ("Loader:Lane:HolderSilence", "01:00:00"));

    /// <summary>In a process of its own: what it opens to look at the targets ends with it.</summary>
    public Task<(int ExitCode, string Said)> DoctorAsync() => RunningVerb.RunAsync(RunningUp.Executable, "doctor", Variables(), _directory);

    /// <summary>One small load; returns the dataset's name.</summary>
    public string Deliver(string inbox)
    {
        var name = $"orders_{++_deliveries}.csv";
        var path = Path.Combine(Inbox(inbox), name);
        File.WriteAllText(path, "id,name\n" + string.Concat(Enumerable.Range(1, 2000).Select(i => $"{i},a name that fills a page\n")));
        File.WriteAllText(path + ".trigger", "");
        return name;
    }

    /// <summary>In the queue database.</summary>
    public Task<string?> QueueAsync(string sql) => RunAsync(_queue, sql);

    public async Task UntilLoadedAsync(string dataset)
    {
        string? status = null;
        await Deadline.UntilAsync(
            () => (status = QueueAsync($"SELECT concat_ws(' ', status, waits_for, error) FROM etl_loader.load_status WHERE dataset = '{dataset}'").GetAwaiter().GetResult()) == "loaded",
            () => $"{dataset} is {status}\n{Loader.Said}",
            TimeSpan.FromMinutes(2),
            Token);
    }

    /// <summary>As the administrator of the warehouse's server.</summary>
    public Task<string?> AdministerAsync(string sql) => RunAsync(_cluster.Administration, sql);

    public Task EndSessionsAsync(string database = "warehouse") =>
        AdministerAsync($"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{database}' AND pid <> pg_backend_pid()");

    /// <summary>The queue database refuses every session from now on, or takes them again.</summary>
    public async Task AllowQueueAsync(bool allow)
    {
        var settings = new NpgsqlConnectionStringBuilder(_queue);
        var administration = new NpgsqlConnectionStringBuilder(_queue) { Database = "postgres" }.ConnectionString;
        await RunAsync(administration, $"ALTER DATABASE \"{settings.Database}\" ALLOW_CONNECTIONS {allow}");
        await RunAsync(administration, $"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{settings.Database}'");
    }

    public void FillDisk()
    {
        using var file = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in (int[])[1 << 20, 4096])
        {
            try
            {
                while (true)
                {
                    file.Write(new byte[size]);
                }
            }
            catch (IOException)
            {
                // Full, to this grain.
            }
        }
    }

    public void FreeDisk() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        if (HasDisk)
        {
            await CommandAsync("umount", "--lazy", Disk);
        }

        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartAsync()
    {
        _cluster = await PrivateCluster.CreateAsync(Token);
        var data = await AdministerAsync("SHOW data_directory");
        Directory.CreateDirectory(Disk);
        HasDisk = Environment.IsPrivilegedProcess && await CommandAsync("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", Disk) == 0;
        await AdministerAsync($"CREATE ROLE {Role} LOGIN PASSWORD '{Password}'");
        if (HasDisk)
        {
            var space = Directory.CreateDirectory(Path.Combine(Disk, "space")).FullName;
            Assert.Equal(0, await CommandAsync("chown", $"--reference={data}/PG_VERSION", space));
            await AdministerAsync($"CREATE TABLESPACE small LOCATION '{space}'");
        }

        await AdministerAsync($"CREATE DATABASE warehouse{(HasDisk ? " TABLESPACE small" : "")}");
        await AdministerAsync($"REVOKE CONNECT ON DATABASE warehouse FROM PUBLIC; GRANT CONNECT ON DATABASE warehouse TO {Role}");
        await RunAsync(_cluster.ConnectionString("warehouse"), $"GRANT CREATE ON DATABASE warehouse TO {Role}; GRANT ALL ON SCHEMA public TO {Role}");
        Configure();
        var observer = Start("serve --lanes lake", ("Loader:Http:Port", Dashboard.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        StartLoader();
        StartWatcher();
        using var client = new HttpClient();
        await Deadline.WaitAsync(
            async () => await ReadyAsync(client) ? "" : null, () => observer.Said, TimeSpan.FromMinutes(1), Token);
    }

    private async Task<bool> ReadyAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(Dashboard, "/health/ready"), Token);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Configure()
    {
        Dashboard = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        var warehouse = new NpgsqlConnectionStringBuilder(_cluster.ConnectionString("warehouse")) { Username = Role, Password = Password, Passfile = null };
        foreach (var inbox in (string[])["warehouse", "lake"])
        {
            Directory.CreateDirectory(Inbox(inbox));
            Settings[$"Loader:Inboxes:{inbox}:Path"] = Inbox(inbox);
            Settings[$"Loader:Inboxes:{inbox}:Target"] = inbox;
        }

        Settings["ConnectionStrings:Queue"] = _queue;
        Settings["Loader:Targets:warehouse:Kind"] = "PostgreSql";
        Settings["Loader:Targets:warehouse:ConnectionString"] = warehouse.ConnectionString;
        Settings["Loader:Targets:lake:Kind"] = "DuckDb";
        Settings["Loader:Targets:lake:Path"] = Lake;
        Settings["Loader:Inboxes:warehouse:Datasets:0:Match"] = "nightly-*.csv";
        Settings["Loader:Inboxes:warehouse:Datasets:0:due"] = "00:00";
        Settings["Loader:Http:Port"] = "0";

        // So that no one waits: the relations of the defaults are kept.
        Settings["Loader:Lane:Poll"] = "00:00:00.2";
        Settings["Loader:Lane:Heartbeat"] = "00:00:00.5";
        Settings["Loader:Lane:HolderSilence"] = "00:00:04";
        Settings["Loader:Lane:ProbeLimit"] = "00:00:01";
        Settings["Loader:Loads:OutageProbe"] = "00:00:00.5";
        Settings["Loader:Loads:FullDiskGrace"] = "00:00:10";
    }

    private RunningVerb Start(string verb, params (string Key, string Value)[] more)
    {
        var process = RunningVerb.Start(RunningUp.Executable, verb, Variables(more), _directory);
        _processes.Add(process);
        return process;
    }

    private Dictionary<string, string> Variables(params (string Key, string Value)[] more) => Settings
        .Concat(more.Select(m => KeyValuePair.Create(m.Key, m.Value)))
        .GroupBy(s => s.Key.Replace(":", "__", StringComparison.Ordinal), StringComparer.Ordinal)
        .ToDictionary(s => s.Key, s => s.Last().Value, StringComparer.Ordinal);

    private static async Task<string?> RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Token);
        string? last = null;
        foreach (var statement in sql.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
#pragma warning disable CA2100 // A test's own text.
            await using var command = new NpgsqlCommand(statement, connection);
#pragma warning restore CA2100
            last = (await command.ExecuteScalarAsync(Token))?.ToString();
        }

        return last;
    }

    private static async Task<int> CommandAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(Token);
        return process.ExitCode;
    }
}

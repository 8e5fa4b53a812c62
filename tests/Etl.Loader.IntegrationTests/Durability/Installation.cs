using System.Globalization;
using Etl.Loader.IntegrationTests.Queue;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Queue.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Durability;

/// <summary>
/// The whole product in this process as a host has it, over databases, a DuckDB file and inboxes of its own: watcher, lanes, real targets. A test
/// stops and starts it, and changes what it stands on meanwhile.
/// </summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("installation-");
    private readonly Dictionary<string, string?> _settings;
    private IHost? _host;

    private Installation(string queue, string warehouse)
    {
        (Queue, Warehouse) = (queue, warehouse);
        Lake = Path.Combine(_directory.FullName, "lake.duckdb");
        foreach (var inbox in new[] { "warehouse", "lake" })
        {
            Directory.CreateDirectory(At(inbox, ""));
        }

        _settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:Queue"] = queue,
            ["Loader:Queue:MigrateAtStart"] = "true",
            ["Loader:Targets:warehouse:ConnectionString"] = warehouse,
            ["Loader:Targets:lake:Kind"] = "DuckDb",
            ["Loader:Targets:lake:Path"] = Lake,
            ["Loader:Targets:lake:ReaderWindow"] = "0",
            ["Loader:Inboxes:warehouse:Path"] = At("warehouse", ""),
            ["Loader:Inboxes:warehouse:Target"] = "warehouse",
            ["Loader:Inboxes:lake:Path"] = At("lake", ""),
            ["Loader:Inboxes:lake:Target"] = "lake",
            ["Loader:Lane:Poll"] = "00:00:00.100",
            ["Loader:Lane:Heartbeat"] = "00:00:00.300",
            ["Loader:Lane:HolderSilence"] = "00:00:03",
            ["Loader:Lane:Reconcile"] = "00:00:00.500",
            ["Loader:Lane:RetryPoll"] = "00:00:00.200",
        };
    }

    public string Queue { get; }

    public string Warehouse { get; }

    public string Lake { get; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<Installation> CreateAsync(PostgresServer server) =>
        new(await server.CreateQueueAsync(), await server.CreateDatabaseAsync("warehouse"));

    public static async Task<Installation> StartedAsync(PostgresServer server)
    {
        var installation = await CreateAsync(server);
        await installation.StartAsync();
        return installation;
    }

    /// <summary>A file in the inbox of a target.</summary>
    public string At(string target, string name) => Path.Combine(_directory.FullName, "inboxes", target, name);

    /// <summary>For the next start.</summary>
    public void Set(string key, string? value) => _settings[key] = value;

    public IConfiguration Configuration => new ConfigurationBuilder().AddInMemoryCollection(_settings).Build();

    public T Get<T>() where T : notnull => _host!.Services.GetRequiredService<T>();

    public async Task StartAsync(EtlLoaderRoles roles = EtlLoaderRoles.Watcher | EtlLoaderRoles.Lanes)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddConfiguration(Configuration);
        builder.Logging.AddProvider(new TestLogs());
        builder.Services.AddEtlLoader(builder.Configuration, roles);
        _host = builder.Build();
        await _host.StartAsync(Token);
        await Get<DatabaseReadiness>().WaitAsync(Token).WaitAsync(TimeSpan.FromSeconds(30), Token);
    }

    public async Task StopAsync()
    {
        if (_host is { } host)
        {
            _host = null;
            await host.StopAsync(CancellationToken.None);
            await ((IAsyncDisposable)host).DisposeAsync();
        }
    }

    /// <summary>As a producer does: the data, then the trigger. Returns the load once it is accepted.</summary>
    public async Task<LoadId> DeliverAsync(string target, string name, string content, string trigger = "")
    {
        // One clock for all here: what a restore brings back meanwhile was accepted before.
        var from = TimeProvider.System.GetUtcNow();
        await File.WriteAllTextAsync(At(target, name), content, Token);
        await File.WriteAllTextAsync(At(target, name + ".trigger"), trigger, Token);
        LoadSummary? accepted = null;
        await QueueStage.UntilAsync(
            async () => (accepted = (await AllAsync(target, name)).FirstOrDefault(l => l.AcceptedAt >= from)) is not null, () => $"{name} was not accepted");
        return accepted!.LoadId;
    }

    public async Task<LoadId> LoadAsync(string target, string name, string content, string trigger = "")
    {
        var load = await DeliverAsync(target, name, content, trigger);
        await UntilAsync(load, LoadStatus.Loaded);
        return load;
    }

    public async Task<LoadRecord> UntilAsync(LoadId load, LoadStatus status)
    {
        LoadRecord? record = null;
        await QueueStage.UntilAsync(
            async () => (record = await Get<ILoadLedger>().FindAsync(load, Token))?.Status == status,
            () => $"{load} is {record?.Status}, not {status}: {record?.Error} {record?.WaitsFor}");
        return record!;
    }

    public async Task UntilLaneAsync(string target, Func<LaneStatus, bool> condition)
    {
        LaneStatus? seen = null;
        await QueueStage.UntilAsync(
            async () => (seen = (await Get<ILoadQueries>().LanesAsync(Token)).SingleOrDefault(l => l.Target == target)) is { } lane && condition(lane),
            () => $"lane {target} stands otherwise: {seen}");
    }

    public Task<long> CountAsync(string table) => ScalarAsync<long>(Warehouse, $"SELECT count(*) FROM {table}");

    public static async Task<T> ScalarAsync<T>(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(Token))!;
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }

    /// <summary>Copies the database, as a backup does; sessions in it end.</summary>
    public static Task BackUpAsync(string connectionString) => CopyAsync(connectionString, Name(connectionString), Name(connectionString) + "_backup");

    /// <summary>Puts the copy in the place of the database, whose sessions end.</summary>
    public static async Task RestoreAsync(string connectionString)
    {
        var name = Name(connectionString);
        await ExecuteAsync(Administration(connectionString), $"DROP DATABASE \"{name}\" WITH (FORCE)");
        await CopyAsync(connectionString, name + "_backup", name);
    }

    /// <summary>Puts an empty database in its place.</summary>
    public static async Task EmptyAsync(string connectionString)
    {
        await ExecuteAsync(Administration(connectionString), $"DROP DATABASE \"{Name(connectionString)}\" WITH (FORCE)");
        await ExecuteAsync(Administration(connectionString), $"CREATE DATABASE \"{Name(connectionString)}\"");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _directory.Delete(recursive: true);
    }

    private static async Task CopyAsync(string connectionString, string from, string to)
    {
        var administration = Administration(connectionString);
        await ExecuteAsync(administration, string.Create(CultureInfo.InvariantCulture, $"ALTER DATABASE \"{from}\" ALLOW_CONNECTIONS false"));
        await ExecuteAsync(administration, $"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{from}'");
        await QueueStage.UntilAsync(
            async () => await ScalarAsync<long>(administration, $"SELECT count(*) FROM pg_stat_activity WHERE datname = '{from}'") == 0, () => "sessions do not end");
        await ExecuteAsync(administration, $"CREATE DATABASE \"{to}\" TEMPLATE \"{from}\"");
        await ExecuteAsync(administration, $"ALTER DATABASE \"{from}\" ALLOW_CONNECTIONS true");
    }

    private static string Name(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Database!;

    private static string Administration(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres" }.ConnectionString;

    private async Task<IReadOnlyList<LoadSummary>> AllAsync(string target, string name) =>
        (await Get<ILoadQueries>().ListAsync(new LoadFilter { Inbox = target, File = name }, null, 100, Token)).Loads;

    private sealed class TestLogs : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {logLevel} {formatter(state, exception)} {exception?.Message}");
            }
        }

        public void Dispose()
        {
        }
    }
}

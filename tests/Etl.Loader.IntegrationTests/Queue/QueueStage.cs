using System.Collections.Concurrent;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Queue;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Targets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Queue;

/// <summary>A migrated queue database of its own and the parts around it; lanes are started by the test, with a target and runner of its own.</summary>
internal sealed class QueueStage : IAsyncDisposable
{
    public const string Target = "warehouse";

    private readonly ServiceProvider _services;
    private readonly List<(CancellationTokenSource Stop, Task Running)> _lanes = [];
    private readonly TestLogs _logs = new();
    private int _datasets;

    private QueueStage(string connectionString)
    {
        ConnectionString = connectionString;
        _services = new ServiceCollection()
            .AddLogging(l => l.AddProvider(_logs).SetMinimumLevel(LogLevel.Debug))
            .Configure<QueueOptions>(o => o.ConnectionString = connectionString)
            .AddQueueClient()
            .AddSingleton<IFileRefresh>(Files)
            .AddLanes([])
            .AddSingleton<ILoadRunner>(Runner)
            .BuildServiceProvider();
        Runner.Ledger = Get<ILoadLedger>();
    }

    public string ConnectionString { get; }

    public ScriptedRunner Runner { get; } = new();

    public ScriptedFiles Files { get; } = new();

    /// <summary>What was logged so far, at Information and above.</summary>
    public IEnumerable<string> Logs => _logs.Lines;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<QueueStage> OpenAsync(PostgresServer server) => new(await server.CreateQueueAsync());

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public LoadSpec Spec(string? table = null, LoadPriority priority = LoadPriority.Normal)
    {
        var name = table ?? $"t{Interlocked.Increment(ref _datasets)}";
        return new LoadSpec
        {
            Inbox = "in",
            Dataset = name + ".csv",
            Target = Target,
            TableName = name,
            Priority = priority,
            Files = [new DataFile(name + ".csv", 100, DateTimeOffset.UnixEpoch)],
        };
    }

    public NewLoad New(string? table = null, LoadPriority priority = LoadPriority.Normal) => new(LoadId.New(TimeProvider.System), Spec(table, priority));

    public async Task<LoadId> AcceptAsync(string? table = null, LoadPriority priority = LoadPriority.Normal)
    {
        var load = New(table, priority);
        await Get<IAcceptLoads>().AcceptAsync([load], Token);
        return load.Id;
    }

    /// <summary>Starts a lane as a process of its own would; the returned function stops it in order.</summary>
    public Func<Task> StartLane(ScriptedTarget? target = null, ScriptedRunner? runner = null, Action<LaneOptions>? configure = null)
    {
        var options = new LaneOptions
        {
            Poll = TimeSpan.FromMilliseconds(100),
            Heartbeat = TimeSpan.FromMilliseconds(300),
            HolderSilence = TimeSpan.FromSeconds(3),
            Reconcile = TimeSpan.FromMilliseconds(500),
            Shutdown = TimeSpan.FromSeconds(10),
            RetryPoll = TimeSpan.FromMilliseconds(200),
            CancelPoll = TimeSpan.FromMilliseconds(200),
            ChunkGrace = TimeSpan.FromMilliseconds(200),
        };
        configure?.Invoke(options);
        var lane = Lane.Create(
            target ?? new ScriptedTarget(Target), Get<QueueDatabase>(), Get<LaneParts>(), runner ?? Runner, Get<ILoadLedger>(),
            options, TimeProvider.System, Get<ILogger<Lane>>());
        var stop = new CancellationTokenSource();
        var running = Task.Run(() => lane.RunAsync(stop.Token));
        _lanes.Add((stop, running));
        return async () =>
        {
            await stop.CancelAsync();
            await running.WaitAsync(TimeSpan.FromSeconds(30), Token);
        };
    }

    public async Task<T> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return (T)(await command.ExecuteScalarAsync(Token))!;
    }

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(Token);
    }

    public async Task<LoadRecord> RecordAsync(LoadId load) => (await Get<ILoadLedger>().FindAsync(load, Token))!;

    public async Task<LoadRecord> UntilAsync(LoadId load, LoadStatus status)
    {
        LoadRecord? record = null;
        await UntilAsync(async () => (record = await RecordAsync(load)).Status == status, () => $"{load} is {record?.Status}, not {status}: {record?.Error}");
        return record!;
    }

    public Task<string> JobStateAsync(LoadId load) =>
        ScalarAsync<string>("SELECT j.statename FROM hangfire.job j JOIN etl_loader.load l ON l.job_id = j.id::text WHERE l.load_id = $1", load.Value);

    public Task UntilJobAsync(LoadId load, string state)
    {
        string? seen = null;
        return UntilAsync(async () => (seen = await JobStateAsync(load)) == state, () => $"job of {load} is {seen}, not {state}");
    }

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> otherwise, int seconds = 30)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(seconds));
        while (true)
        {
            try
            {
                if (await condition())
                {
                    return;
                }
            }
            catch (NpgsqlException) when (!deadline.IsCancellationRequested)
            {
                // The test ends sessions on purpose.
            }

            if (deadline.IsCancellationRequested)
            {
                Assert.Fail(otherwise());
            }

            await Task.Delay(20, Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Runner.ReleaseAll();
        foreach (var (stop, _) in _lanes)
        {
            await stop.CancelAsync();
        }

        await Task.WhenAll(_lanes.Select(l => l.Running)).WaitAsync(TimeSpan.FromSeconds(30));
        await _services.DisposeAsync();
    }

    private sealed class TestLogs : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            var line = $"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {logLevel} {formatter(state, exception)} {exception?.Message}";
            Lines.Enqueue(line);
            TestContext.Current.TestOutputHelper?.WriteLine(line);
        }

        public void Dispose()
        {
        }
    }
}

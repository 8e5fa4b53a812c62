using Etl.Loader.Ledger;
using Etl.Loader.Queue.Jobs;
using Hangfire;
using Hangfire.Common;
using Hangfire.PostgreSql;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Etl.Loader.Queue.Storage;

/// <summary>
/// Hangfire over the queue database's own pool, with the one set of filters that applies to every change of a job's state: the client's, the
/// server's and the dashboard's.
/// </summary>
internal sealed class HangfireStorage : IDisposable
{
    /// <summary>History is the ledger's; this is for people who look at the dashboard.</summary>
    private static readonly TimeSpan Expiration = TimeSpan.FromDays(30);

    private readonly Lazy<PostgreSqlStorage> _storage;
    private readonly Lazy<WorkerStorage> _workers;
    private readonly JobListener _listener;
    private readonly Lazy<IBackgroundJobClient> _client;

    public HangfireStorage(QueueDatabase database, LoadStateFilter filter, RefusedJobs refused, TimeProvider time, ILoggerFactory logging)
    {
        HangfireConventions.Apply(logging);
        Filters = new JobFilterCollection { filter };
        _storage = new Lazy<PostgreSqlStorage>(() => new LoadsOnlyStorage(new PooledConnections(database), Options()) { JobExpirationTimeout = Expiration });
        _listener = new JobListener(database, time);
        _workers = new Lazy<WorkerStorage>(() => new(database.LaneSource, _listener, refused, Options(), time) { JobExpirationTimeout = Expiration });
        _client = new Lazy<IBackgroundJobClient>(() => new BackgroundJobClient(_storage.Value, Filters));
    }

    public IJobFilterProvider Filters { get; }

    /// <summary>Creating it asks the database nothing: the schema is made by <see cref="HangfireSchema"/>.</summary>
    public PostgreSqlStorage Storage => _storage.Value;

    /// <summary>The same tables for the servers of lanes; see <see cref="WorkerStorage"/>.</summary>
    public WorkerStorage Workers => _workers.Value;

    public IBackgroundJobClient Client => _client.Value;

    public void Dispose() => _listener.Dispose();

    internal static PostgreSqlStorageOptions Options() => new()
    {
        SchemaName = HangfireSchema.Name,
        PrepareSchemaIfNecessary = false,
        StartupConnectionMaxRetries = 0,
        AllowDegradedModeWithoutStorage = false,
        UseSlidingInvisibilityTimeout = true,

        // Longer than any shutdown of ours: a job that drains is not given away. Recovery after a crash does not wait for it.
        InvisibilityTimeout = TimeSpan.FromMinutes(5),
        EnableLongPolling = true,

        // The net below long polling, whose listener may be lost unnoticed.
        QueuePollInterval = TimeSpan.FromSeconds(3),

        // Hangfire's own locks live for milliseconds, and nothing of ours relies on them; what a lost session left stops even its own worker
        // until then. Not shorter: their age is measured by the clocks of the processes.
        DistributedLockTimeout = TimeSpan.FromSeconds(5),
    };

    private sealed class PooledConnections(QueueDatabase database) : IConnectionFactory
    {
        public NpgsqlConnection GetOrCreateConnection() => database.Source.CreateConnection();
    }
}

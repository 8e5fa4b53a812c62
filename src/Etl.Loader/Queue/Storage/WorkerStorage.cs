using Etl.Loader.Ledger;
using Hangfire.PostgreSql;
using Hangfire.Storage;
using Npgsql;

namespace Etl.Loader.Queue.Storage;

/// <summary>
/// Hangfire's storage as the lanes' workers use it: the same tables and rules in few round trips. For workers only: what they write may
/// be taken back by a crash of the server (see <c>relax</c> in <c>worker.sql</c>), which an accepted load or a person's action must never be.
/// </summary>
internal sealed class WorkerStorage(
    NpgsqlDataSource source, JobListener listener, RefusedJobs refused, PostgreSqlStorageOptions options, TimeProvider time)
    : PostgreSqlStorage(new Connections(source), options)
{
    public NpgsqlDataSource Source { get; } = source;

    public JobListener Listener { get; } = listener;

    public RefusedJobs Refused { get; } = refused;

    public PostgreSqlStorageOptions Options { get; } = options;

    public TimeSpan LockLifetime { get; } = options.DistributedLockTimeout;

    public TimeProvider Time { get; } = time;

    /// <summary>What is not there will not come: without this Hangfire looks for a job that a row names for ten seconds, and the lane waits.</summary>
    public override bool LinearizableReads => true;

    public override IStorageConnection GetConnection() => new WorkerConnection(this);

    /// <summary>Hangfire's own, and that a job leaves its queue in the transaction that ends it.</summary>
    public override bool HasFeature(string featureId) =>
        featureId == JobStorageFeatures.Transaction.RemoveFromQueue(typeof(WorkerJob)) || base.HasFeature(featureId);

    private sealed class Connections(NpgsqlDataSource source) : IConnectionFactory
    {
        public NpgsqlConnection GetOrCreateConnection() => source.CreateConnection();
    }
}

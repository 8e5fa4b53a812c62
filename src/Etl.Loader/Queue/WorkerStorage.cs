using Etl.Loader.Ledger;
using Hangfire.PostgreSql;
using Hangfire.Storage;
using Npgsql;

namespace Etl.Loader.Queue;

/// <summary>
/// Hangfire's storage as the lanes' workers use it: the same tables and rules in a fifth of the round trips. For workers only: what they write may
/// be taken back by a crash of the server (see <c>relax</c> in <c>worker.sql</c>), which an accepted load or a person's action must never be.
/// </summary>
internal sealed class WorkerStorage(QueueDatabase database, PostgreSqlStorageOptions options, TimeProvider time)
    : PostgreSqlStorage(new HangfireConnections(database), options)
{

    public TimeSpan LockLifetime { get; } = options.DistributedLockTimeout;

    public TimeProvider Time { get; } = time;

    public override IStorageConnection GetConnection() => new WorkerConnection(this);

    /// <summary>Hangfire's own, and that a job leaves its queue in the transaction that ends it.</summary>
    public override bool HasFeature(string featureId) =>
        featureId == JobStorageFeatures.Transaction.RemoveFromQueue(typeof(WorkerJob)) || base.HasFeature(featureId);

    /// <summary>
    /// For what <see cref="WorkerConnection"/> does itself. What is left to Hangfire has the process's other pool: it listens on its sessions, and one
    /// that goes back without a reset would listen on.
    /// </summary>
    public NpgsqlConnection Open() => database.LaneSource.OpenConnection();

    /// <summary>Closes the sessions that nobody uses.</summary>
    public void Clear()
    {
        database.LaneSource.Clear();
        database.Source.Clear();
    }
}

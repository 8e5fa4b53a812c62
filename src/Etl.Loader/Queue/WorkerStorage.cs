using Etl.Loader.Ledger;
using Hangfire.PostgreSql;
using Hangfire.Storage;
using Npgsql;

namespace Etl.Loader.Queue;

/// <summary>
/// Hangfire's storage as the lanes' workers use it: the same tables and rules in a fifth of the round trips. For workers only: what they write may
/// be taken back by a crash of the server (see <c>relax</c> in <c>worker.sql</c>), which an accepted load or a person's action must never be.
/// </summary>
internal sealed class WorkerStorage(NpgsqlDataSource source, PostgreSqlStorageOptions options, TimeProvider time)
    : PostgreSqlStorage(new Connections(source), options)
{
    public NpgsqlDataSource Source { get; } = source;

    public TimeSpan LockLifetime { get; } = options.DistributedLockTimeout;

    public TimeProvider Time { get; } = time;

    public override IStorageConnection GetConnection() => new WorkerConnection(this);

    private sealed class Connections(NpgsqlDataSource source) : IConnectionFactory
    {
        public NpgsqlConnection GetOrCreateConnection() => source.CreateConnection();
    }
}

using Hangfire.PostgreSql;
using Hangfire.Storage;
using Npgsql;

namespace Etl.Loader.Queue.Storage;

/// <summary>
/// One of Hangfire's write transactions with all its statements in one message to the server, which makes them one transaction; Hangfire itself
/// sends and awaits each of the half dozen. The statements are Hangfire's own.
/// </summary>
/// <param name="send">Has the statements executed, all or none, and the job that ends with them removed from its queue.</param>
internal sealed class BatchedTransaction(
    PostgreSqlStorage storage, RecordingConnection statements, Action<IReadOnlyList<NpgsqlBatchCommand>, WorkerJob?> send)
    : PostgreSqlWriteOnlyTransaction(storage, () => statements)
{
    private WorkerJob? _ended;

    public override void RemoveFromQueue(IFetchedJob fetchedJob) => _ended = (WorkerJob)fetchedJob;

    public override void Commit()
    {
        base.Commit();
        send(statements.Take(), _ended);
    }

    public override void Dispose()
    {
        statements.Dispose();
        base.Dispose();
    }
}

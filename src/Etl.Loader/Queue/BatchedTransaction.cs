using Hangfire.PostgreSql;
using Npgsql;

namespace Etl.Loader.Queue;

/// <summary>
/// One of Hangfire's write transactions with all its statements in one message to the server, which makes them one transaction; Hangfire itself
/// sends and awaits each of the half dozen. The statements are Hangfire's own.
/// </summary>
/// <param name="send">Has the statements executed, all or none.</param>
internal sealed class BatchedTransaction(PostgreSqlStorage storage, RecordingConnection statements, Action<IReadOnlyList<NpgsqlBatchCommand>> send)
    : PostgreSqlWriteOnlyTransaction(storage, () => statements)
{
    public override void Commit()
    {
        base.Commit();
        send(statements.Take());
    }

    public override void Dispose()
    {
        statements.Dispose();
        base.Dispose();
    }
}

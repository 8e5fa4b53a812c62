using Npgsql;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>A transaction on a session of its own. Disposing without <see cref="CommitAsync"/> rolls back.</summary>
internal sealed class WriteTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction, LineWatch line)
    : TargetSession(connection, line, transaction)
{
    public Task CommitAsync(CancellationToken token) => AnswerAsync(Transaction!.CommitAsync(token), token);

    public Task RollbackAsync(CancellationToken token) => AnswerAsync(Transaction!.RollbackAsync(token), token);
}

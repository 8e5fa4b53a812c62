using Npgsql;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>A fenced transaction on a session of its own. Disposing without <see cref="CommitAsync"/> rolls back.</summary>
internal sealed class WriteTransaction : TargetSession
{
    private readonly NpgsqlTransaction _transaction;

    public WriteTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction, LineWatch line)
        : base(connection, line)
    {
        Transaction = _transaction = transaction;
        Line = line;
    }

    public LineWatch Line { get; }

    public Task CommitAsync(CancellationToken token) => AnswerAsync(_transaction.CommitAsync(token), token);

    public Task RollbackAsync(CancellationToken token) => AnswerAsync(_transaction.RollbackAsync(token), token);
}

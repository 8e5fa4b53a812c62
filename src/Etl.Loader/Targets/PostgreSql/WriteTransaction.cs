using Npgsql;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>A transaction on a session of its own. Disposing without <see cref="CommitAsync"/> rolls back.</summary>
internal sealed class WriteTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction, LineWatch line)
    : TargetSession(connection, line, transaction)
{
    /// <summary>Most commits are answered within it.</summary>
    private static readonly TimeSpan BeforeLook = TimeSpan.FromMilliseconds(10);

    public Task CommitAsync(CancellationToken token) => AnswerAsync(Transaction!.CommitAsync(token), token);

    /// <summary>
    /// Commits, and returns as soon as it is told from elsewhere that the commit stands: its answer may come much later. The session then closes by itself.
    /// </summary>
    public async Task CommitAsync(Func<Task<bool>> stands, CancellationToken token)
    {
        var commit = CommitAsync(token);
        while (await Task.WhenAny(commit, Task.Delay(BeforeLook, CancellationToken.None)) != commit && !token.IsCancellationRequested)
        {
            if (await stands())
            {
                Leave(commit);
                return;
            }
        }

        await commit;
    }

    public Task RollbackAsync(CancellationToken token) => AnswerAsync(Transaction!.RollbackAsync(token), token);
}

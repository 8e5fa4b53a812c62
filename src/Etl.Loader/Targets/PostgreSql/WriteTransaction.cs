using Npgsql;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>A transaction on a session of its own. Disposing without <see cref="CommitAsync"/> rolls back.</summary>
internal sealed class WriteTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction, ConnectionWatch connectionWatch)
    : Session(connection, connectionWatch, transaction)
{
    /// <summary>Most commits are answered within it; from look to look it doubles, so that a server in trouble is not asked a hundred times a second.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    public Task CommitAsync(CancellationToken token) => AnswerAsync(Transaction!.CommitAsync(token), token);

    /// <summary>
    /// Commits, and returns as soon as it is reported from elsewhere that the commit stands: its answer may come much later. The session then closes on its own.
    /// </summary>
    /// <param name="stands">Throws nothing. No longer waited for once the commit itself is answered.</param>
    public async Task CommitAsync(Func<Task<bool>> stands, CancellationToken token)
    {
        var commit = CommitAsync(token);
        for (var pause = FirstPause; await Task.WhenAny(commit, Task.Delay(pause, CancellationToken.None)) != commit; pause = Shorter(2 * pause, LongestPause))
        {
            var look = stands();
            if (await Task.WhenAny(commit, look) == look && await look)
            {
                Leave(commit);
                return;
            }
        }

        await commit;
    }

    public Task RollbackAsync(CancellationToken token) => AnswerAsync(Transaction!.RollbackAsync(token), token);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}

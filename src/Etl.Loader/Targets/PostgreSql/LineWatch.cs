using Npgsql;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>
/// Sends rows to one backend and tells a busy server from a dead line. While sent bytes are unacknowledged the kernel asks for no sign of life and sends
/// them again for a quarter of an hour (tcp_retries2), and the driver lets nobody set TCP_USER_TIMEOUT: so the server itself is asked, over another line.
/// </summary>
internal sealed class LineWatch(PostgreSqlSessions sessions, TimeSpan patience)
{
    /// <summary>A backend that only now reads what it was sent must have gone on by then.</summary>
    private static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Throws <see cref="NpgsqlException"/>, an outage, when the line is dead; the session is of no use then. Nothing is being sent any more when it returns or throws.
    /// </summary>
    /// <param name="sending">Ends the sending; cancelled where the line is found dead.</param>
    public async Task SendAsync(Stream copy, ReadOnlyMemory<byte> rows, int backend, CancellationTokenSource sending)
    {
        var writing = copy.WriteAsync(rows, sending.Token);
        if (writing.IsCompleted)
        {
            await writing;
            return;
        }

        var sent = writing.AsTask();
        while (!await EndsAsync(sent, patience))
        {
            if (await DeathAsync(sent, backend, sending.Token) is { } death)
            {
                await sending.CancelAsync();
                await sent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw new NpgsqlException($"The line to the server is dead: {death}.", new TimeoutException(death));
            }
        }

        await sent;
    }

    /// <summary>Why the line is dead; null while it may live.</summary>
    private async Task<string?> DeathAsync(Task sent, int backend, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(PostgreSqlSessions.ProbeLimit);
        try
        {
            for (var look = 0; look < 2; look++)
            {
                var wait = await sessions.FindWaitAsync(backend, limit.Token);
                if (wait is "")
                {
                    return $"its session (process {backend}) has ended there";
                }

                // It waits for rows, and we wait for it to take rows: they are lost in between.
                if (wait is not "ClientRead" || await EndsAsync(sent, SecondLook))
                {
                    return null;
                }
            }

            await sessions.EndBackendAsync(backend, limit.Token);
            return $"its session (process {backend}) waits for rows that were sent {patience.TotalSeconds:0} s ago";
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // What was being sent ends by the same token.
            return null;
        }
        catch (OperationCanceledException)
        {
            return $"it took no rows for {patience.TotalSeconds:0} s and answers nobody";
        }
        catch (NpgsqlException unreachable)
        {
            return $"it took no rows for {patience.TotalSeconds:0} s and cannot be asked ({unreachable.Message})";
        }
    }

    private static async Task<bool> EndsAsync(Task task, TimeSpan limit)
    {
        await task.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}

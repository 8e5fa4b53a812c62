using Npgsql;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>
/// Distinguishes a busy server from a dead connection. While sent bytes are unacknowledged the kernel asks for no sign of life and sends them again for a quarter of an
/// hour (tcp_retries2), and the driver lets no one set TCP_USER_TIMEOUT: so the server itself is asked, over another connection.
/// </summary>
/// <param name="backend">The session's process on the server; the driver forgets it when the connection breaks.</param>
internal sealed class ConnectionWatch(Sessions sessions, TimeSpan patience, int backend)
{
    /// <summary>A backend that only now reads what it was sent, or whose answer is only now read, must have continued by then.</summary>
    private static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(1);

    /// <summary>One that is not answered may be the trouble of a moment, and what is awaited may be an hour's work.</summary>
    private const int LooksInVain = 2;

    /// <summary>
    /// Throws <see cref="NpgsqlException"/>, an outage, when the connection is dead; the session is of no use then. Nothing is being sent any more when it returns or throws.
    /// </summary>
    /// <param name="sending">Ends the sending; cancelled where the connection is found dead.</param>
    public async Task SendAsync(Stream copy, ReadOnlyMemory<byte> rows, CancellationTokenSource sending)
    {
        var writing = copy.WriteAsync(rows, sending.Token);
        if (writing.IsCompleted)
        {
            await writing;
            return;
        }

        var sent = writing.AsTask();
        if (await FindDeathAsync(sent, sending.Token) is { } death)
        {
            await sending.CancelAsync();
            await sent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw death;
        }

        await sent;
    }

    /// <summary>Returns when what was sent or asked has ended, however: null; or when the connection is found dead before: why, as an outage.</summary>
    public async Task<NpgsqlException?> FindDeathAsync(Task pending, CancellationToken token)
    {
        for (var vain = 0; !await EndsAsync(pending, patience);)
        {
            var (answered, death) = await LookAsync(pending, token);
            vain = answered ? 0 : vain + 1;
            if (death is not null && (answered || vain == LooksInVain))
            {
                sessions.ForgetIdle();
                return new NpgsqlException($"The connection to the server is dead: {death}.", new TimeoutException(death));
            }
        }

        return null;
    }

    /// <summary>Whether the server answered a new connection, and why this one is dead; null while it may live.</summary>
    private async Task<(bool Answered, string? Death)> LookAsync(Task pending, CancellationToken token)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(Sessions.ProbeLimit);
        try
        {
            for (var look = 0; look < 2; look++)
            {
                var wait = await sessions.FindWaitAsync(backend, limit.Token);
                if (wait is "")
                {
                    return (true, $"its session (process {backend}) has ended there");
                }

                // It waits for us, and we wait for it: what was sent, or the answer, is lost in between.
                if (wait is not "ClientRead" || await EndsAsync(pending, SecondLook))
                {
                    return (true, null);
                }
            }

            await sessions.EndBackendAsync(backend, limit.Token);
            return (true, $"its session (process {backend}) waits for what was sent {patience.TotalSeconds:0} s ago");
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // What is pending ends by the same token.
            return (true, null);
        }
        catch (PostgresException)
        {
            // No session available just now: the server is there, and says nothing of this one.
            return (true, null);
        }
        catch (OperationCanceledException)
        {
            return (false, $"nothing came over it for {patience.TotalSeconds:0} s, and the server answers no one");
        }
        catch (NpgsqlException unreachable)
        {
            return (false, $"nothing came over it for {patience.TotalSeconds:0} s, and the server cannot be reached ({unreachable.Message})");
        }
    }

    private static async Task<bool> EndsAsync(Task task, TimeSpan limit)
    {
        await task.WaitAsync(limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}

using Npgsql;
using NpgsqlTypes;

namespace Etl.Loader.Ledger;

/// <summary>What the ledger keeps of inboxes and watchers, and of the installation itself.</summary>
internal sealed class InboxLedger(QueueDatabase database)
{
    private static readonly SqlText Sql = SqlText.Load("Ledger/Sql/intake.sql");
    private static readonly TimeSpan ReachableWithin = TimeSpan.FromSeconds(3);

    /// <summary>The id that targets are bound to.</summary>
    public async Task<Guid> InstallationAsync(CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["installation"], connection);
        return (Guid)(await command.ExecuteScalarAsync(token))!;
    }

    /// <summary>True when the database answers within 3 s and has its schema.</summary>
    public async Task<bool> IsReachableAsync(CancellationToken token)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(token);
        deadline.CancelAfter(ReachableWithin);
        try
        {
            await using var connection = await database.OpenAsync(deadline.Token);
            await using var command = new NpgsqlCommand(Sql["is_reachable"], connection);
            return (bool)(await command.ExecuteScalarAsync(deadline.Token))!;
        }
        catch (NpgsqlException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return false;
        }
    }

    public async Task<Guid> RegisterInboxAsync(string inbox, Guid proposed, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using (var register = new NpgsqlCommand(Sql["register_inbox"], connection))
        {
            register.Parameters.AddWithValue("name", inbox);
            register.Parameters.AddWithValue("id", proposed);
            await register.ExecuteNonQueryAsync(token);
        }

        return (await FindAsync(inbox, connection, token))!.Value;
    }

    /// <summary>The id of an inbox on record; null before its first use.</summary>
    public async Task<Guid?> FindInboxAsync(string inbox, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        return await FindAsync(inbox, connection, token);
    }

    public async Task ReportWatcherAsync(WatcherReport report, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using (var command = new NpgsqlCommand(Sql["report_watcher"], connection))
        {
            command.Parameters.AddWithValue("host", report.Host);
            command.Parameters.AddWithValue("process_id", report.ProcessId);
            command.Parameters.AddWithValue("inbox", report.Inbox);
            command.Parameters.AddWithValue("mode", report.Mode);
            command.Parameters.AddWithValue("state", LedgerWords.Storable(report.State));
            Time("last_event_at", report.LastEventAt);
            Time("last_scan_at", report.LastScanAt);
            Time("oldest_waiting_at", report.OldestWaitingAt);
            command.Parameters.AddWithValue("version", report.Version);
            command.Parameters.AddWithValue("silent_after", report.SilentAfter);
            await command.ExecuteNonQueryAsync(token);

            void Time(string name, DateTimeOffset? at) => command.Parameters.Add(
                new NpgsqlParameter(name, NpgsqlDbType.TimestampTz) { Value = at is { } value ? value.ToUniversalTime() : DBNull.Value });
        }

        await using var forget = new NpgsqlCommand(Sql["forget_watchers"], connection).WithText("inbox", report.Inbox);
        await forget.ExecuteNonQueryAsync(token);
    }

    public async Task WithdrawWatcherAsync(string host, int processId, string inbox, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["withdraw_watcher"], connection)
            .WithText("host", host).With("process_id", processId).WithText("inbox", inbox);
        await command.ExecuteNonQueryAsync(token);
    }

    private static async Task<Guid?> FindAsync(string inbox, NpgsqlConnection connection, CancellationToken token)
    {
        await using var find = new NpgsqlCommand(Sql["find_inbox"], connection);
        find.Parameters.AddWithValue("name", inbox);
        return await find.ExecuteScalarAsync(token) as Guid?;
    }
}

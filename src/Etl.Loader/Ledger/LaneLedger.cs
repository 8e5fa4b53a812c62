using Npgsql;

namespace Etl.Loader.Ledger;

/// <summary>Who the ledger says holds a lane.</summary>
/// <param name="Silence">Since its last heartbeat.</param>
/// <param name="SilentAfter">How long it may be silent, as it said itself when it took the lane.</param>
/// <param name="Connected">Whether any session of its process is in the queue database.</param>
/// <param name="Cut">Whether the database's server was restarted since: that its sessions are gone then reveals nothing.</param>
/// <param name="Loading">Whether a load of the lane is under way.</param>
internal sealed record LaneHolder(string Holder, Guid HolderId, TimeSpan Silence, TimeSpan SilentAfter, bool Connected, bool Cut, bool Loading)
{
    /// <summary>Frozen, cut off or dead: silent for longer than it said itself, and than who asks would wait.</summary>
    public bool IsSilent(TimeSpan patience) => Silence > SilentAfter && Silence > patience;

    /// <summary>How an attempt that it left open has ended.</summary>
    public LeftBehind Left => Connected ? LeftBehind.ByTakeover : Cut ? LeftBehind.ByOutage : LeftBehind.ByDeath;
}

/// <summary>Why a holder reported no end of what it had begun.</summary>
internal enum LeftBehind
{
    /// <summary>It lives, or no one else had the lane: frozen, cut off or replaced.</summary>
    ByTakeover,

    /// <summary>It is gone, together with the server of the queue database.</summary>
    ByOutage,

    /// <summary>Its process died alone: the load may have killed it.</summary>
    ByDeath,
}

/// <summary>What people wish of a lane.</summary>
internal readonly record struct PauseRequest(bool Paused, bool Now);

/// <summary>The rows of <c>etl_loader.lane_status</c>.</summary>
internal sealed class LaneLedger(QueueDatabase database)
{
    private static readonly SqlText Sql = SqlText.Load("Ledger/Sql/lane.sql");

    public async Task<LaneHolder?> FindHolderAsync(string target, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["find_holder"], connection).WithText("target", target);
        await using var row = await command.ExecuteReaderAsync(token);
        return await row.ReadAsync(token)
            ? new LaneHolder(row.GetString(0), row.GetGuid(1), TimeSpan.FromSeconds(Math.Max(0, row.GetDouble(2))), row.GetTimeSpan(3), row.GetBoolean(4), row.GetBoolean(5), row.GetBoolean(6))
            : null;
    }

    /// <summary>Names this process as the holder, before it has the target's epoch.</summary>
    /// <param name="silentAfter">How long it may be silent and still counts as serving the lane.</param>
    public async Task ClaimAsync(string target, Guid holderId, TimeSpan silentAfter, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["claim_lane"], connection)
            .WithText("target", target).WithText("holder", QueueDatabase.Holder).With("holder_id", holderId)
            .WithText("session_name", QueueDatabase.ApplicationName).With("silent_after", silentAfter);
        await command.ExecuteNonQueryAsync(token);
    }

    /// <summary>The highest epoch of the lane that the ledger knows of; 0: none yet.</summary>
    public async Task<long> EpochAsync(string target, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["find_epoch"], connection).WithText("target", target);
        return await command.ExecuteScalarAsync(token) is long epoch ? epoch : 0;
    }

    /// <summary>True where the ledger has loads that were published into the target.</summary>
    public async Task<bool> HasPublishedAsync(string target, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["has_published"], connection).WithText("target", target);
        return await command.ExecuteScalarAsync(token) is true;
    }

    /// <summary>Records the epoch and closes what the former one left open, as part of the caller's transaction.</summary>
    public static async Task TakeAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string target, Guid holderId, long epoch, LeftBehind left, CancellationToken token)
    {
        await using (var take = new NpgsqlCommand(Sql["take_lane"], connection, transaction)
            .WithText("target", target).WithText("holder", QueueDatabase.Holder).With("holder_id", holderId).With("epoch", epoch))
        {
            await take.ExecuteNonQueryAsync(token);
        }

        await using var close = new NpgsqlCommand(Sql["close_attempts"], connection, transaction)
            .WithText("target", target).With("gone", left != LeftBehind.ByTakeover).With("killed", left == LeftBehind.ByDeath);
        await close.ExecuteNonQueryAsync(token);
    }

    /// <summary>Reports that the holder lives. Null when the ledger names another holder by now.</summary>
    /// <param name="waitsFor">What the lane waits for now; null: nothing.</param>
    public async Task<PauseRequest?> HeartbeatAsync(string target, Guid holderId, string? waitsFor, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        return await HeartbeatAsync(connection, target, holderId, waitsFor, token);
    }

    /// <summary>As the other, on a connection of the caller's choice.</summary>
    public static async Task<PauseRequest?> HeartbeatAsync(NpgsqlConnection connection, string target, Guid holderId, string? waitsFor, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql["heartbeat"], connection)
            .WithText("target", target).With("holder_id", holderId).WithText("waits_for", waitsFor, LedgerWords.MaxNote);
        return await ReadWishAsync(command, token);
    }

    /// <summary>What people wish of the lane, without a report. Null when the ledger names another holder by now.</summary>
    public static async Task<PauseRequest?> AskAsync(NpgsqlConnection connection, string target, Guid holderId, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql["ask"], connection).WithText("target", target).With("holder_id", holderId);
        return await ReadWishAsync(command, token);
    }

    private static async Task<PauseRequest?> ReadWishAsync(NpgsqlCommand command, CancellationToken token)
    {
        await using var row = await command.ExecuteReaderAsync(token);
        return await row.ReadAsync(token) ? new PauseRequest(row.GetBoolean(0), row.GetBoolean(1)) : null;
    }

    /// <summary>What keeps every loader from the lane, said by one that stands by.</summary>
    public async Task ReportLockedOutAsync(string target, string waitsFor, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["say_locked_out"], connection)
            .WithText("target", target).WithText("waits_for", waitsFor, LedgerWords.MaxNote);
        await command.ExecuteNonQueryAsync(token);
    }

    /// <summary>What the reconciler did or found, for people; null: nothing is amiss any more.</summary>
    public async Task ReportReconciledAsync(string target, string? reconciled, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["say_reconciled"], connection)
            .WithText("target", target).WithText("reconciled", reconciled, LedgerWords.MaxNote);
        await command.ExecuteNonQueryAsync(token);
    }

    public async Task ReleaseAsync(string target, Guid holderId, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["release_lane"], connection).WithText("target", target).With("holder_id", holderId);
        await command.ExecuteNonQueryAsync(token);
    }
}

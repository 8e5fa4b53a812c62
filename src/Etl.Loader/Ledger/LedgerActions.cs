using Npgsql;
using NpgsqlTypes;

namespace Etl.Loader.Ledger;

/// <summary>What an action found: the status before it, the load's job, and whether it changed the load.</summary>
internal sealed record ActionFinding(LoadStatus Before, string? JobId, bool Done, DateTimeOffset? FinishedAt);

/// <summary>
/// What people do to loads and lanes, as far as the ledger is concerned. Hangfire's filters are synchronous; what they need is here in
/// that form too.
/// </summary>
internal sealed class LedgerActions(QueueDatabase database)
{
    private static readonly SqlText Sql = SqlText.Load("Ledger/Sql/actions.sql");

    /// <summary>Failed or cancelled becomes queued. Null when there is no such load.</summary>
    public async Task<ActionFinding?> RequeueAsync(LoadId load, LoadSpec? refreshed, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = Requeue(connection, load, refreshed);
        await using var reader = await command.ExecuteReaderAsync(token);
        return await reader.ReadAsync(token) ? Finding(reader) : null;
    }

    /// <summary>As <see cref="RequeueAsync"/>, for Hangfire's filters, which are synchronous; gives up after 3 s of waiting for the row.</summary>
    public ActionFinding? Requeue(LoadId load, LoadSpec? refreshed)
    {
        using var connection = database.Source.OpenConnection();
        using var command = Requeue(connection, load, refreshed);
        return Patiently(connection, command);
    }

    /// <summary>Waiting becomes cancelled, running is asked to stop. Null when there is no such load.</summary>
    public async Task<ActionFinding?> CancelAsync(LoadId load, string actor, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = Cancel(connection, load, actor);
        await using var reader = await command.ExecuteReaderAsync(token);
        return await reader.ReadAsync(token) ? Finding(reader) : null;
    }

    /// <summary>As <see cref="CancelAsync"/>, for Hangfire's filters.</summary>
    public ActionFinding? Cancel(LoadId load, string actor)
    {
        using var connection = database.Source.OpenConnection();
        using var command = Cancel(connection, load, actor);
        return Patiently(connection, command);
    }

    /// <summary>A load shown as under way that nothing runs: its attempt crashed, it waits again.</summary>
    public async Task CloseStaleAsync(LoadId load, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["close_stale"], connection).With("load_id", load.Value);
        await command.ExecuteNonQueryAsync(token);
    }

    /// <summary>The load's spec, for Hangfire's filters.</summary>
    public LoadSpec? FindSpec(LoadId load)
    {
        using var connection = database.Source.OpenConnection();
        using var command = new NpgsqlCommand(Sql["find_spec"], connection).With("load_id", load.Value);
        return command.ExecuteScalar() is string spec ? LedgerJson.ReadSpec(spec) : null;
    }

    /// <summary>A retry that waits for its time runs now instead, for Hangfire's filters.</summary>
    public bool RetryNow(LoadId load)
    {
        using var connection = database.Source.OpenConnection();
        using var command = new NpgsqlCommand(Sql["retry_now"], connection).With("load_id", load.Value);
        return command.ExecuteNonQuery() == 1;
    }

    /// <summary>
    /// The pause that the lane has now. It is changed only where it was not paused, or where the running load is to be handed back too. Throws
    /// <see cref="LoaderException"/> naming the known lanes when there is none of this target.
    /// </summary>
    public async Task<LanePause> PauseAsync(string target, bool now, string actor, string? reason, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        bool changed;
        await using (var pause = new NpgsqlCommand(Sql["pause"], connection)
            .WithText("target", target).WithText("actor", actor).WithText("reason", reason).With("now", now))
        {
            changed = await pause.ExecuteNonQueryAsync(token) == 1;
        }

        await using var find = new NpgsqlCommand(Sql["find_pause"], connection).WithText("target", target);
        return await ReadPauseAsync(find, target, changed, token) ?? throw new InvalidOperationException($"Lane {target} was paused and resumed in one transaction.");
    }

    /// <summary>The pause that ended; null where the lane was not paused. Throws as <see cref="PauseAsync"/> does.</summary>
    public async Task<LanePause?> ResumeAsync(string target, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["resume"], connection).WithText("target", target);
        return await ReadPauseAsync(command, target, changed: true, token);
    }

    private static async Task<LanePause?> ReadPauseAsync(NpgsqlCommand command, string target, bool changed, CancellationToken token)
    {
        await using (var row = await command.ExecuteReaderAsync(token))
        {
            if (await row.ReadAsync(token))
            {
                return row.Time("paused_at") is { } at
                    ? new LanePause(target, at, row.Text("paused_by")!, row.Text("pause_reason"), row.GetBoolean(3), changed)
                    : null;
            }
        }

        throw await UnknownLaneAsync(command.Connection!, target, token);
    }

    private static async Task<LoaderException> UnknownLaneAsync(NpgsqlConnection connection, string target, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql["known_lanes"], connection);
        return new UnknownNameException(
            $"There is no lane '{target}'; known lanes: {await command.ExecuteScalarAsync(token)}.", "A lane has the name of its target.");
    }

    public async Task AuditAsync(
        string actor, string action, string? reason, LoadId? load, string? target, string? details, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = Audit(connection, actor, action, reason, load, target, details);
        await command.ExecuteNonQueryAsync(token);
    }

    /// <summary>As <see cref="AuditAsync"/>, for Hangfire's filters.</summary>
    public void Audit(string actor, string action, LoadId load, string? details)
    {
        using var connection = database.Source.OpenConnection();
        using var command = Audit(connection, actor, action, null, load, null, details);
        command.ExecuteNonQuery();
    }

    private static NpgsqlCommand Requeue(NpgsqlConnection connection, LoadId load, LoadSpec? refreshed) =>
        new NpgsqlCommand(Sql["requeue"], connection)
            .With("load_id", load.Value)
            .WithText("spec", refreshed is null ? null : LedgerJson.Write(refreshed), int.MaxValue)
            .WithNumber("bytes", refreshed?.Files.Sum(f => f.Bytes));

    private static NpgsqlCommand Cancel(NpgsqlConnection connection, LoadId load, string actor) =>
        new NpgsqlCommand(Sql["cancel"], connection)
            .With("load_id", load.Value)
            .WithText("actor", actor)
            .WithText("error", $"Cancelled by {actor}.");

    private static NpgsqlCommand Audit(
        NpgsqlConnection connection, string actor, string action, string? reason, LoadId? load, string? target, string? details)
    {
        var command = new NpgsqlCommand(Sql["audit"], connection)
            .WithText("actor", actor)
            .WithText("action", action)
            .WithText("reason", reason)
            .WithText("target", target)
            .WithText("details", details);
        command.Parameters.Add(new NpgsqlParameter("load_id", NpgsqlDbType.Uuid) { Value = load is { } id ? id.Value : DBNull.Value });
        return command;
    }

    private static ActionFinding? Patiently(NpgsqlConnection connection, NpgsqlCommand command)
    {
        // A filter runs while Hangfire holds the job's lock; an action holds the row and may want that lock. One of them has to give way.
        using var transaction = connection.BeginTransaction();
        using (var patience = new NpgsqlCommand("SET LOCAL lock_timeout = '3s'", connection, transaction))
        {
            patience.ExecuteNonQuery();
        }

        command.Transaction = transaction;
        ActionFinding? finding = null;
        using (var reader = command.ExecuteReader())
        {
            finding = reader.Read() ? Finding(reader) : null;
        }

        transaction.Commit();
        return finding;
    }

    private static ActionFinding Finding(NpgsqlDataReader row) =>
        new(LedgerWords.Parse<LoadStatus>(row.GetString(0)), row.Text("job_id"), row.GetBoolean(2), row.Time("finished_at"));
}

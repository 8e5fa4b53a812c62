using Npgsql;
using NpgsqlTypes;

namespace Etl.Loader.Ledger;

/// <summary>See <see cref="ITakenTriggers"/>.</summary>
internal sealed class TakenTriggerLedger(QueueDatabase database) : ITakenTriggers
{
    private static readonly SqlText Sql = SqlText.Load("Ledger/Sql/triggers.sql");

    /// <summary>
    /// Records the triggers of the loads that no other load has; returns the ids of the loads whose trigger it recorded. Opens and closes its own
    /// connection, as <see cref="LoadIntake"/> does and for the same reason.
    /// </summary>
    public async Task<IReadOnlySet<LoadId>> TakeAsync(IReadOnlyList<NewLoad> loads, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = WithTriggers(new NpgsqlCommand(Sql["take_triggers"], connection), [.. loads.Select(l => l.Trigger!)])
            .WithTexts("inboxes", loads.Select(l => l.Spec.Inbox))
            .With("load_ids", loads.Select(l => l.Id.Value).ToArray());
        await using var reader = await command.ExecuteReaderAsync(token);
        var taken = new HashSet<LoadId>();
        while (await reader.ReadAsync(token))
        {
            taken.Add(new LoadId(reader.GetGuid(0)));
        }

        return taken;
    }

    public async Task<IReadOnlySet<TriggerIdentity>> FindAsync(string inbox, IReadOnlyList<TriggerIdentity> triggers, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = WithTriggers(new NpgsqlCommand(Sql["find_taken"], connection), triggers).With("inbox", inbox);
        await using var reader = await command.ExecuteReaderAsync(token);
        var taken = new HashSet<TriggerIdentity>();
        while (await reader.ReadAsync(token))
        {
            taken.Add(triggers[(int)reader.GetInt64(0) - 1]);
        }

        return taken;
    }

    public async Task<IReadOnlyList<TakenTrigger>> ListAsync(string inbox, long after, TimeSpan kept, int limit, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["list_taken"], connection)
            .With("inbox", inbox).With("after", after).With("kept", kept).With("limit", limit);
        await using var row = await command.ExecuteReaderAsync(token);
        var listed = new List<TakenTrigger>();
        while (await row.ReadAsync(token))
        {
            var trigger = new TriggerIdentity(
                row.Text("path")!, row.Number("bytes")!.Value, row.Time("modified_at")!.Value, row.Number("inode")!.Value, row.Text("sha256")!);
            listed.Add(new TakenTrigger(row.Number("id")!.Value, trigger, row.GetBoolean(row.GetOrdinal("gone"))));
        }

        return listed;
    }

    public async Task NoteAsync(string inbox, IReadOnlyList<long> there, IReadOnlyList<long> gone, TimeSpan kept, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        if (there.Count > 0)
        {
            await using var command = new NpgsqlCommand(Sql["note_there"], connection).With("inbox", inbox).With("ids", there.ToArray());
            await command.ExecuteNonQueryAsync(token);
        }

        if (gone.Count > 0)
        {
            // Forgotten first: what is noted now has been found gone but once.
            await using var forget = new NpgsqlCommand(Sql["forget_gone"], connection).With("inbox", inbox).With("ids", gone.ToArray()).With("kept", kept);
            await forget.ExecuteNonQueryAsync(token);
            await using var note = new NpgsqlCommand(Sql["note_gone"], connection).With("inbox", inbox).With("ids", gone.ToArray());
            await note.ExecuteNonQueryAsync(token);
        }
    }

    private static NpgsqlCommand WithTriggers(NpgsqlCommand command, IReadOnlyList<TriggerIdentity> triggers)
    {
        command.Parameters.Add(new NpgsqlParameter("modified", NpgsqlDbType.Array | NpgsqlDbType.TimestampTz)
        {
            Value = triggers.Select(t => t.ModifiedAt.ToUniversalTime()).ToArray(),
        });
        return command
            .WithTexts("paths", triggers.Select(t => LedgerWords.Storable(t.Path, int.MaxValue)!))
            .With("bytes", triggers.Select(t => t.Bytes).ToArray())
            .With("inodes", triggers.Select(t => t.Inode).ToArray())
            .WithTexts("hashes", triggers.Select(t => t.Sha256));
    }
}

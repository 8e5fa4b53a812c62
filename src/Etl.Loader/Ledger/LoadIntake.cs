using Npgsql;
using NpgsqlTypes;

namespace Etl.Loader.Ledger;

/// <summary>
/// The ledger's rows of newly accepted loads. Each call opens and closes its own connection, so that under an ambient transaction only
/// one is open at a time and all of them are the same one.
/// </summary>
internal sealed class LoadIntake(QueueDatabase database)
{
    /// <summary>Of one inbox no two loads have the same delivery.</summary>
    public const string DeliveryConstraint = "load_by_delivery";

    private static readonly SqlText Sql = SqlText.Load("Ledger/Sql/intake.sql");

    /// <summary>Inserts the rows that are not there yet, in order; returns the ids of those inserted with their status.</summary>
    public async Task<IReadOnlyDictionary<LoadId, LoadStatus>> InsertAsync(IReadOnlyList<NewLoad> loads, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["insert_loads"], connection);
        command.Parameters.AddWithValue("load_ids", loads.Select(l => l.Id.Value).ToArray());
        Texts("inboxes", l => l.Spec.Inbox);
        Texts("datasets", l => l.Spec.Dataset);
        Texts("targets", l => l.Spec.Target);
        Texts("table_schemas", l => l.Spec.TableSchema);
        Texts("table_names", l => l.Spec.TableName);
        Texts("modes", l => l.Spec.Mode.Word());
        Texts("priorities", l => l.Spec.Priority.Word());
        Texts("specs", l => LedgerJson.Write(l.Spec));
        command.Parameters.AddWithValue("bytes", loads.Select(l => l.Spec.Files.Sum(f => f.Bytes)).ToArray());
        Texts("deliveries", l => l.Delivery);
        Texts("errors", l => LedgerWords.Storable(l.Refusal?.Error));
        Texts("hints", l => LedgerWords.Storable(l.Refusal?.Hint, LedgerWords.MaxNote));
        var inserted = await StatusesAsync(command, token);
        var refused = loads.Where(l => l.Refusal is not null && inserted.ContainsKey(l.Id)).Select(l => l.Id.Value).ToArray();
        if (refused.Length > 0)
        {
            await using var report = new NpgsqlCommand(Sql["insert_refusals_outbox"], connection);
            report.Parameters.AddWithValue("load_ids", refused);
            await report.ExecuteNonQueryAsync(token);
        }

        var byPeople = loads.Where(l => l.By is not null && inserted.ContainsKey(l.Id)).ToArray();
        if (byPeople.Length > 0)
        {
            await AuditAsync(connection, byPeople, token);
        }

        return inserted;

        void Texts(string name, Func<NewLoad, string?> text) => command.Parameters.Add(
            new NpgsqlParameter(name, NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = loads.Select(l => LedgerWords.Storable(text(l), int.MaxValue)).ToArray() });
    }

    /// <summary>
    /// The loads, those refused whose delivery's id another load of their inbox has, on record or before them among these. Such a load is recorded
    /// without the id. Opens and closes its own connection, as <see cref="InsertAsync"/> does.
    /// </summary>
    public async Task<NewLoad[]> RefuseRepeatedAsync(NewLoad[] loads, CancellationToken token)
    {
        var named = loads.Where(l => l.Delivery is not null).ToArray();
        if (named.Length == 0)
        {
            return loads;
        }

        var owners = new Dictionary<(string Inbox, string Delivery), LoadId>();
        await using (var connection = await database.OpenAsync(token))
        {
            await using var command = new NpgsqlCommand(Sql["find_deliveries"], connection)
                .WithTexts("inboxes", named.Select(l => l.Spec.Inbox)).WithTexts("deliveries", named.Select(l => l.Delivery!));
            await using var row = await command.ExecuteReaderAsync(token);
            while (await row.ReadAsync(token))
            {
                owners[(row.GetString(0), row.GetString(1))] = new LoadId(row.GetGuid(2));
            }
        }

        return [.. loads.Select(load => load.Delivery is { } delivery && !IsOwner(load, delivery) ? Repeated(load, delivery) : load)];

        bool IsOwner(NewLoad load, string delivery) =>
            owners.TryAdd((load.Spec.Inbox, delivery), load.Id) || owners[(load.Spec.Inbox, delivery)] == load.Id;

        NewLoad Repeated(NewLoad load, string delivery) => load with
        {
            Delivery = null,
            Refusal = load.Refusal ?? new LoadRefusal(
                $"The trigger's id '{delivery}' was already used by an earlier delivery to inbox {load.Spec.Inbox}, load {owners[(load.Spec.Inbox, delivery)]}; expected a new id for each delivery.",
                "If this is the same delivery again, there is nothing to do. Otherwise deliver it with a new id, or with none."),
        };
    }

    private static async Task AuditAsync(NpgsqlConnection connection, NewLoad[] loads, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql["audit_accepted"], connection);
        command.Parameters.AddWithValue("load_ids", loads.Select(l => l.Id.Value).ToArray());
        Texts("actors", l => l.By!.Actor);
        Texts("reasons", l => l.By!.Reason);
        Texts("targets", l => l.Spec.Target);
        Texts("details", l => $"{l.Spec.Inbox}/{l.Spec.Dataset}");
        await command.ExecuteNonQueryAsync(token);

        void Texts(string name, Func<NewLoad, string?> text) => command.Parameters.Add(
            new NpgsqlParameter(name, NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = loads.Select(l => LedgerWords.Storable(text(l))).ToArray() });
    }

    public async Task StoreJobsAsync(IReadOnlyList<(LoadId Load, string Job)> jobs, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["store_jobs"], connection);
        command.Parameters.AddWithValue("load_ids", jobs.Select(j => j.Load.Value).ToArray());
        command.Parameters.AddWithValue("job_ids", jobs.Select(j => j.Job).ToArray());
        await command.ExecuteNonQueryAsync(token);
    }

    public async Task<IReadOnlyDictionary<LoadId, LoadStatus>> FindAsync(IReadOnlyCollection<LoadId> ids, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["find_statuses"], connection);
        command.Parameters.AddWithValue("load_ids", ids.Select(i => i.Value).ToArray());
        return await StatusesAsync(command, token);
    }

    private static async Task<IReadOnlyDictionary<LoadId, LoadStatus>> StatusesAsync(NpgsqlCommand command, CancellationToken token)
    {
        await using var reader = await command.ExecuteReaderAsync(token);
        var statuses = new Dictionary<LoadId, LoadStatus>();
        while (await reader.ReadAsync(token))
        {
            statuses.Add(new LoadId(reader.GetGuid(0)), LedgerWords.Parse<LoadStatus>(reader.GetString(1)));
        }

        return statuses;
    }
}

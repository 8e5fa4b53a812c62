using Npgsql;
using NpgsqlTypes;

namespace Etl.Loader.Ledger;

/// <summary>A load as its receipt in the target reports it: what the ledger restores its row from.</summary>
/// <param name="Receipt">The receipt as JSON.</param>
internal sealed record PublishedLoad(
    LoadId Load,
    LoadSpec Spec,
    long Sequence,
    DateTimeOffset AcceptedAt,
    DateTimeOffset StartedAt,
    DateTimeOffset PublishedAt,
    long RowsLoaded,
    long RowsRejected,
    string Receipt);

/// <param name="FinishedAt">Null: without outcome.</param>
internal sealed record LoadStanding(LoadStatus Status, DateTimeOffset? FinishedAt);

/// <summary>What the ledger learns from the receipts in a target. Only for the holder of the target's lane, while no load runs.</summary>
internal sealed class ReceiptLedger(QueueDatabase database)
{
    private static readonly SqlText Sql = SqlText.Load("Ledger/Sql/receipts.sql");

    /// <summary>Those of the loads that the ledger does not have.</summary>
    public async Task<IReadOnlyList<LoadId>> UnknownAsync(IEnumerable<LoadId> loads, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["unknown"], connection).With("load_ids", loads.Select(l => l.Value).ToArray());
        return await IdsAsync(command, token);
    }

    /// <summary>Numbers given out from now on are higher than the given one.</summary>
    public async Task RaiseSequenceAsync(long sequence, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["raise_sequence"], connection).With("sequence", sequence);
        await command.ExecuteNonQueryAsync(token);
    }

    /// <summary>
    /// Gives each of the loads its row again, as loaded. Loads without outcome that were accepted after one of them and have a lower number get a new
    /// one first: they are the newer deliveries.
    /// </summary>
    public async Task RestoreAsync(string target, IReadOnlyList<PublishedLoad> loads, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        await NumberAgainAsync(connection, transaction, target, loads, token);
        foreach (var load in loads)
        {
            await using var restore = new NpgsqlCommand(Sql["restore"], connection, transaction)
                .With("load_id", load.Load.Value)
                .With("sequence", load.Sequence)
                .WithText("inbox", load.Spec.Inbox)
                .WithText("dataset", load.Spec.Dataset)
                .WithText("target", target)
                .WithText("table_schema", load.Spec.TableSchema)
                .WithText("table_name", load.Spec.TableName)
                .WithText("mode", load.Spec.Mode.Word())
                .WithText("spec", LedgerJson.Write(load.Spec), int.MaxValue)
                .WithTime("accepted_at", load.AcceptedAt)
                .WithTime("started_at", load.StartedAt)
                .WithTime("published_at", load.PublishedAt)
                .WithNumber("bytes", load.Spec.Files.Sum(f => f.Bytes))
                .WithNumber("rows_loaded", load.RowsLoaded)
                .WithNumber("rows_rejected", load.RowsRejected)
                .WithText("receipt", load.Receipt, int.MaxValue);
            await restore.ExecuteNonQueryAsync(token);
        }

        await transaction.CommitAsync(token);
    }

    /// <summary>A load that is cancelled or failed in the ledger and published in the target becomes loaded. False where it stands otherwise.</summary>
    public async Task<bool> BelieveAsync(PublishedLoad load, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["believe"], connection)
            .With("load_id", load.Load.Value)
            .WithText("dataset", load.Spec.Dataset)
            .WithNumber("rows_loaded", load.RowsLoaded)
            .WithNumber("rows_rejected", load.RowsRejected)
            .WithText("receipt", load.Receipt, int.MaxValue);
        return await command.ExecuteNonQueryAsync(token) > 0;
    }

    /// <summary>Loads that ended so lately without a look at the target, though an attempt may have published.</summary>
    public async Task<IReadOnlyList<LoadId>> DoubtfulAsync(string target, TimeSpan since, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["doubtful"], connection).WithText("target", target).With("since", since);
        return await IdsAsync(command, token);
    }

    /// <summary>At most <paramref name="limit"/> loaded loads of the target with a lower number, newest first.</summary>
    public async Task<IReadOnlyList<(LoadId Load, long Sequence)>> NewestLoadedAsync(string target, long below, int limit, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["newest_loaded"], connection)
            .WithText("target", target).With("below", below).With("limit", limit);
        await using var row = await command.ExecuteReaderAsync(token);
        var loads = new List<(LoadId, long)>();
        while (await row.ReadAsync(token))
        {
            loads.Add((new LoadId(row.GetGuid(0)), row.GetInt64(1)));
        }

        return loads;
    }

    /// <summary>How the loads stand; those that the ledger does not have are left out.</summary>
    public async Task<IReadOnlyDictionary<LoadId, LoadStanding>> StandingsAsync(IEnumerable<LoadId> loads, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["standings"], connection).With("load_ids", loads.Select(l => l.Value).ToArray());
        await using var row = await command.ExecuteReaderAsync(token);
        var standings = new Dictionary<LoadId, LoadStanding>();
        while (await row.ReadAsync(token))
        {
            standings.Add(new LoadId(row.GetGuid(0)), new LoadStanding(LedgerWords.Parse<LoadStatus>(row.GetString(1)), row.Time("finished_at")));
        }

        return standings;
    }

    private static async Task NumberAgainAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string target, IReadOnlyList<PublishedLoad> loads, CancellationToken token)
    {
        IReadOnlyList<LoadId> low;
        await using (var find = new NpgsqlCommand(Sql["accepted_too_low"], connection, transaction)
            .WithText("target", target).With("sequences", loads.Select(l => l.Sequence).ToArray()))
        {
            find.Parameters.Add(new NpgsqlParameter("accepted", NpgsqlDbType.Array | NpgsqlDbType.TimestampTz)
            {
                Value = loads.Select(l => l.AcceptedAt.UtcDateTime).ToArray(),
            });
            low = await IdsAsync(find, token);
        }

        foreach (var load in low)
        {
            await using var again = new NpgsqlCommand(Sql["number_again"], connection, transaction).With("load_id", load.Value);
            await again.ExecuteNonQueryAsync(token);
        }
    }

    private static async Task<IReadOnlyList<LoadId>> IdsAsync(NpgsqlCommand command, CancellationToken token)
    {
        await using var row = await command.ExecuteReaderAsync(token);
        var ids = new List<LoadId>();
        while (await row.ReadAsync(token))
        {
            ids.Add(new LoadId(row.GetGuid(0)));
        }

        return ids;
    }
}

using Npgsql;
using NpgsqlTypes;

namespace Etl.Loader.Ledger;

/// <summary>Something to report. Of a load: its row as it is now; of a lane or a delivery that is late: <paramref name="Details"/>, as JSON.</summary>
/// <param name="TooOld">No one is notified any more.</param>
internal sealed record OutboxEvent(long Id, string Event, DateTimeOffset At, bool TooOld, string? Details, OutboxLoad? Load);

internal sealed record OutboxLoad(
    LoadId LoadId,
    string Inbox,
    string Dataset,
    string Target,
    string TableName,
    int Attempt,
    long? RowsLoaded,
    long? RowsRejected,
    long? BytesTotal,
    DateTimeOffset AcceptedAt,
    DateTimeOffset? FinishedAt,
    string? Error,
    long? ErrorLine,
    string? Hint);

/// <summary>Who wants an event, and how it is reported; no body: no one wants it.</summary>
internal sealed record Spread(string? Body, IReadOnlyList<string> Webhooks);

/// <summary>A notification that this process may send to one webhook, until its claim is over.</summary>
/// <param name="Attempt">From 1; with each claim another one.</param>
internal sealed record Claimed(long Id, int Attempt, string Event, LoadId? Load, string Body);

/// <summary>What is to be reported, and who has been notified: the rows of <c>etl_loader.outbox</c> and <c>etl_loader.deliveries</c>.</summary>
internal sealed class OutboxLedger(QueueDatabase database)
{
    private const int BatchSize = 200;
    private static readonly SqlText Sql = SqlText.Load("Ledger/Sql/outbox.sql");

    /// <summary>Gives new events to the webhooks that want them. Returns how many there were, at most 200.</summary>
    /// <param name="settled">Younger ones are left to other processes.</param>
    public async Task<int> SpreadAsync(Func<OutboxEvent, Spread> decide, TimeSpan settled, TimeSpan giveUpAfter, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var transaction = await connection.BeginTransactionAsync(token);
        var events = new List<OutboxEvent>();
        await using (var take = new NpgsqlCommand(Sql["take_unspread"], connection, transaction)
            .With("limit", BatchSize).With("settled", settled).With("give_up_after", giveUpAfter))
        {
            await using var row = await take.ExecuteReaderAsync(token);
            while (await row.ReadAsync(token))
            {
                events.Add(Read(row));
            }
        }

        if (events.Count == 0)
        {
            return 0;
        }

        var spread = events.Select(e => (e.Id, Reported: e.TooOld ? new Spread(null, []) : decide(e))).ToList();
        var deliveries = spread.SelectMany(s => s.Reported.Webhooks.Select(w => (s.Id, Webhook: w))).ToList();
        await using var command = new NpgsqlCommand(Sql["spread"], connection, transaction)
            .With("ids", spread.Select(s => s.Id).ToArray())
            .With("delivery_ids", deliveries.Select(d => d.Id).ToArray())
            .With("webhooks", deliveries.Select(d => d.Webhook).ToArray());
        command.Parameters.Add(new NpgsqlParameter("bodies", NpgsqlDbType.Array | NpgsqlDbType.Text)
        {
            Value = spread.Select(s => s.Reported.Webhooks.Count == 0 ? null : LedgerWords.Storable(s.Reported.Body, int.MaxValue)).ToArray(),
        });
        await command.ExecuteNonQueryAsync(token);
        await transaction.CommitAsync(token);
        return events.Count;
    }

    /// <param name="once">What makes it one and the same event for all processes. True: this call was the first to report it.</param>
    /// <param name="details">JSON.</param>
    public Task<bool> ReportOnceAsync(string name, string once, string details, CancellationToken token) => ChangeAsync(
        "tell_once", c => c.WithText("event", name).WithText("once", once, 1000).WithText("details", details, int.MaxValue), token);

    /// <summary>The next notification that is due; no one else has it within <paramref name="lease"/>. Null: none is due.</summary>
    public async Task<Claimed?> ClaimAsync(string webhook, TimeSpan lease, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["claim"], connection).WithText("webhook", webhook).With("lease", lease);
        await using var row = await command.ExecuteReaderAsync(token);
        return await row.ReadAsync(token)
            ? new Claimed(row.GetInt64(0), row.GetInt32(1), row.GetString(2), row.IsDBNull(3) ? null : new LoadId(row.GetGuid(3)), row.GetString(4))
            : null;
    }

    public Task<bool> DeliveredAsync(Claimed claimed, string webhook, CancellationToken token) =>
        ChangeAsync("delivered", c => Owned(c, claimed, webhook), token);

    /// <summary>True: it was given up.</summary>
    public async Task<bool> FailedAsync(Claimed claimed, string webhook, string error, TimeSpan pause, TimeSpan giveUpAfter, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["failed"], connection)
            .WithText("error", error, 1000).With("pause", pause).With("give_up_after", giveUpAfter);
        return await Owned(command, claimed, webhook).ExecuteScalarAsync(token) is true;
    }

    public Task<bool> HurryAsync(string webhook, CancellationToken token) => ChangeAsync("hurry", c => c.WithText("webhook", webhook), token);

    /// <summary>Marks events that all receivers have, or will not get any more.</summary>
    public Task<bool> CloseAsync(CancellationToken token) => ChangeAsync("close", static _ => { }, token);

    /// <summary>Gives up what is too old, and removes what was reported <paramref name="retention"/> ago.</summary>
    public async Task TidyAsync(TimeSpan giveUpAfter, TimeSpan retention, CancellationToken token)
    {
        await ChangeAsync("expire", c => c.With("give_up_after", giveUpAfter), token);
        await ChangeAsync("forget", c => c.With("retention", retention), token);
    }

    private static NpgsqlCommand Owned(NpgsqlCommand command, Claimed claimed, string webhook) =>
        command.With("outbox_id", claimed.Id).WithText("webhook", webhook).With("attempt", claimed.Attempt);

    private async Task<bool> ChangeAsync(string statement, Action<NpgsqlCommand> parameters, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql[statement], connection);
        parameters(command);
        return await command.ExecuteNonQueryAsync(token) > 0;
    }

    private static OutboxEvent Read(NpgsqlDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        row.Time("at")!.Value,
        row.GetBoolean(4),
        row.Text("details"),
        row.IsDBNull(5)
            ? null
            : new OutboxLoad(
                new LoadId(row.GetGuid(5)),
                row.GetString(6),
                row.GetString(7),
                row.GetString(8),
                row.GetString(9),
                row.GetInt32(10),
                row.Number("rows_loaded"),
                row.Number("rows_rejected"),
                row.Number("bytes_total"),
                row.Time("accepted_at")!.Value,
                row.Time("finished_at"),
                row.Text("error"),
                row.Number("error_line"),
                row.Text("hint")));
}

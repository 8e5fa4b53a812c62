using Etl.Loader.Telemetry;
using Npgsql;

namespace Etl.Loader.Ledger;

/// <summary>The ledger's figures: what is open, never what is history, in one round trip.</summary>
internal sealed class LedgerFigures(QueueDatabase database) : IReadFigures
{
    private static readonly SqlText Sql = SqlText.Load("Ledger/Sql/figures.sql");

    public async Task<Figures> ReadAsync(CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { new(Sql["lane_figures"]), new(Sql["inbox_figures"]), new(Sql["webhook_figures"]) },
        };
        await using var row = await batch.ExecuteReaderAsync(token);
        var lanes = new List<LaneFigures>();
        while (await row.ReadAsync(token))
        {
            lanes.Add(new LaneFigures(
                row.GetString(0), row.GetBoolean(1), row.GetBoolean(3), row.GetBoolean(4), row.GetInt64(5), row.GetInt64(6), Seconds(row, 7), row.GetInt64(8), row.GetString(9))
            {
                Silence = Seconds(row, 2),
            });
        }

        await row.NextResultAsync(token);
        var inboxes = new List<InboxFigures>();
        while (await row.ReadAsync(token))
        {
            inboxes.Add(new InboxFigures(row.GetString(0), row.GetInt64(1), Seconds(row, 2), Seconds(row, 3)));
        }

        await row.NextResultAsync(token);
        var webhooks = new List<WebhookFigures>();
        while (await row.ReadAsync(token))
        {
            webhooks.Add(new WebhookFigures(row.GetString(0), row.GetInt64(1)));
        }

        return new Figures(lanes, inboxes, webhooks);
    }

    private static TimeSpan Seconds(NpgsqlDataReader row, int column) => TimeSpan.FromSeconds(Math.Max(0, row.GetDouble(column)));
}

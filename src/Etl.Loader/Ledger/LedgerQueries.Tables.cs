using Npgsql;
using NpgsqlTypes;

namespace Etl.Loader.Ledger;

/// <summary>By tables and deliveries; see <see cref="ITableQueries"/>.</summary>
internal sealed partial class LedgerQueries : ITableQueries
{
    private static readonly SqlText TablesSql = SqlText.Load("Ledger/Sql/tables.sql");

    public async Task<TablePage> TablesAsync(string? pattern, string? after, int limit, CancellationToken token)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxPage);
        var from = ParseTableKey(after);
        await using var connection = await database.OpenAsync(token);
        var keys = new List<TableKey>();
        await using (var command = new NpgsqlCommand(TablesSql["table_keys"], connection)
            .WithText("after_target", from.Target)
            .WithText("after_table", from.Name)
            .WithText("after_schema", from.Schema ?? "")
            .WithText("like", string.IsNullOrWhiteSpace(pattern) ? null : $"%{Like(pattern.Trim())}%")
            .With("limit", limit + 1))
        {
            await using var row = await command.ExecuteReaderAsync(token);
            while (await row.ReadAsync(token))
            {
                keys.Add(ReadKey(row));
            }
        }

        var more = keys.Count > limit;
        var shown = keys.Take(limit).ToList();
        return new TablePage(await SummariesAsync(connection, shown, token), more ? $"{shown[^1].Target}/{shown[^1].FullName}" : null);
    }

    public async Task<IReadOnlyList<TableSummary>> FindTablesAsync(IReadOnlyList<TableKey> tables, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        return await SummariesAsync(connection, [.. tables.Distinct()], token);
    }

    public async Task<IReadOnlyList<TableLoad>> TableLoadsAsync(TableKey table, long? below, int limit, CancellationToken token)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxPage);
        return await ReadAsync(
            TablesSql["table_loads"],
            command => command
                .WithText("target", table.Target)
                .WithText("name", table.Name)
                .WithText("schema", table.Schema ?? "")
                .WithNumber("below", below)
                .With("limit", limit),
            row => ReadTableLoad(row) with { Changes = SchemaChanges.Of(row.Text("changing_receipt")) },
            token);
    }

    public Task<IReadOnlyList<RecentDelivery>> RecentDeliveriesAsync(IReadOnlyList<DeliveryWindow> windows, CancellationToken token) => ReadAsync(
        TablesSql["recent_deliveries"],
        command =>
        {
            command.With("inboxes", windows.Select(w => w.Source.Inbox).ToArray()).With("patterns", windows.Select(w => w.Source.Pattern).ToArray());
            command.Parameters.Add(new NpgsqlParameter("except_patterns", NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = windows.Select(w => Except(w.Source)).ToArray() });
            Times(command, "since", windows.Select(w => w.Since));
            Times(command, "before", windows.Select(w => w.Before));
        },
        row => new RecentDelivery(row.IsDBNull(0) ? null : ReadDelivery(row), row.GetBoolean(4)),
        token);

    public async Task<LastDelivery?> LastDeliveryAsync(DeliverySource source, CancellationToken token) => await ReadAsync(
        TablesSql["last_delivery"],
        command => command.WithText("inbox", source.Inbox).WithText("pattern", source.Pattern).WithText("except_pattern", Except(source), int.MaxValue),
        ReadDelivery,
        token) is [var last, ..] ? last : null;

    private static async Task<IReadOnlyList<TableSummary>> SummariesAsync(NpgsqlConnection connection, IReadOnlyList<TableKey> keys, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(TablesSql["tables"], connection)
            .With("targets", keys.Select(k => k.Target).ToArray())
            .With("schemas", keys.Select(k => k.Schema ?? "").ToArray())
            .With("names", keys.Select(k => k.Name).ToArray());
        await using var row = await command.ExecuteReaderAsync(token);
        var tables = new List<TableSummary>();
        while (await row.ReadAsync(token))
        {
            // The newest load comes first, then those that were loaded.
            var (key, loaded, load) = (ReadKey(row), row.GetBoolean(row.GetOrdinal("loaded")), ReadTableLoad(row));
            if (!loaded)
            {
                tables.Add(new TableSummary(key, load, null, null));
            }
            else if (tables[^1].Made is null)
            {
                tables[^1] = tables[^1] with { Made = load };
            }
            else
            {
                tables[^1] = tables[^1] with { Before = load };
            }
        }

        return tables;
    }

    private static TableKey ReadKey(NpgsqlDataReader row) => new(row.Text("target")!, row.Text("table_schema"), row.Text("table_name")!);

    private static LastDelivery ReadDelivery(NpgsqlDataReader row) => new(row.Time("accepted_at")!.Value, ReadKey(row));

    private static TableLoad ReadTableLoad(NpgsqlDataReader row) => new(
        new LoadId(row.GetGuid(row.GetOrdinal("load_id"))),
        row.Number("sequence")!.Value,
        row.Text("inbox")!,
        row.Text("dataset")!,
        LedgerWords.Parse<LoadMode>(row.Text("mode")!),
        LedgerWords.Parse<LoadStatus>(row.Text("status")!),
        row.Time("accepted_at")!.Value,
        row.Time("finished_at"),
        row.Number("rows_loaded"),
        row.Number("rows_rejected"),
        row.Number("table_rows"),
        row.Text("error"));

    private static TableKey ParseTableKey(string? after) => after is null
        ? new TableKey("", null, "")
        : after.IndexOf('/', StringComparison.Ordinal) is var slash and > 0
            ? TableKey.Parse(after[..slash], after[(slash + 1)..])
            : throw new LoaderException($"'{after}' is not a valid page key for tables.", "Use the 'next' value of the previous page.");

    private static string? Except(DeliverySource source) => source.Except.Count == 0 ? null : string.Join('|', source.Except.Select(e => $"({e})"));

    private static void Times(NpgsqlCommand command, string name, IEnumerable<DateTimeOffset> times) => command.Parameters.Add(
        new NpgsqlParameter(name, NpgsqlDbType.Array | NpgsqlDbType.TimestampTz) { Value = times.Select(t => t.UtcDateTime).ToArray() });
}

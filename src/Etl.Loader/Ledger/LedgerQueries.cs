using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace Etl.Loader.Ledger;

/// <summary>The reading side over the ledger's tables; see <see cref="ILoadQueries"/>.</summary>
internal sealed partial class LedgerQueries(QueueDatabase database, ILoadLedger ledger) : ILoadQueries
{
    public const int MaxPage = 1000;

    private static readonly SqlText Sql = SqlText.Load("Ledger/Sql/queries.sql");

    public async Task<LoadPage> ListAsync(LoadFilter filter, string? after, int limit, CancellationToken token)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxPage);
        await using var connection = await database.OpenAsync(token);
        await using var command = Filtered(Sql, "list_loads", filter, connection).WithNumber("after", Key(after)).With("limit", limit + 1);
        await using var reader = await command.ExecuteReaderAsync(token);
        var loads = new List<LoadSummary>();
        var last = 0L;
        while (loads.Count < limit && await reader.ReadAsync(token))
        {
            loads.Add(reader.ReadSummary());
            last = reader.GetInt64(reader.GetOrdinal("sequence"));
        }

        var more = loads.Count == limit && await reader.ReadAsync(token);
        return new LoadPage(loads, more ? last.ToString(CultureInfo.InvariantCulture) : null);
    }

    public async Task<LoadDetails?> FindAsync(LoadId load, CancellationToken token)
    {
        if (await ledger.FindAsync(load, token) is not { } record)
        {
            return null;
        }

        var attempts = await ReadAsync(
            Sql["find_attempts"],
            command => command.With("load_id", load.Value),
            row => new AttemptRecord(
                row.GetInt32(0),
                row.Time("started_at")!.Value,
                row.Time("finished_at"),
                row.Text("outcome") is { } outcome ? LedgerWords.Parse<AttemptOutcome>(outcome) : null,
                row.GetString(4),
                row.GetInt32(5),
                row.GetInt64(6),
                row.Text("error"),
                AttemptLog.Read(row.Text("log"))),
            token);
        return new LoadDetails(record, attempts);
    }

    public async Task<LoadId?> FindDeliveryAsync(string inbox, string delivery, CancellationToken token)
    {
        var found = await ReadAsync(
            Sql["find_delivery"],
            command => command.WithText("inbox", inbox).WithText("delivery", delivery),
            row => new LoadId(row.GetGuid(0)),
            token);
        return found.Count == 0 ? null : found[0];
    }

    public async Task<LoadId> ResolveAsync(string text, CancellationToken token)
    {
        if (text.Length == 0 || !text.All(c => char.IsAsciiHexDigit(c) || c == '-'))
        {
            throw new LoaderException(
                $"'{text}' is not a load id: hexadecimal digits and hyphens were expected.",
                "`etl-loader loads` lists loads with their ids.");
        }

        var found = await ReadAsync(
            Sql["resolve_load"],
            command => command.WithText("text", text.ToLower(CultureInfo.InvariantCulture)).With("short_length", LoadId.ShortLength),
            row => new LoadId(row.GetGuid(0)),
            token);
        return found switch
        {
            [] => throw new UnknownNameException($"No load has the id '{text}', or an id that begins with it.", "`etl-loader loads` lists loads with their ids."),
            [var one] => one,
            _ => throw new LoaderException(
                $"Several loads have an id that begins or ends with '{text}': {string.Join(", ", found.Take(5))}{(found.Count > 5 ? ", …" : "")}.",
                "Give more characters of the id."),
        };
    }

    public async Task<IReadOnlyList<LaneStatus>> LanesAsync(CancellationToken token)
    {
        var outlooks = (await OutlookAsync(token)).ToDictionary(o => o.Target, StringComparer.Ordinal);
        var lanes = await ReadAsync(Sql["lanes"], _ => { }, row => Lane(row, outlooks), token);

        // One that came up between the two readings is in the next.
        return [.. lanes.OfType<LaneStatus>()];
    }

    private static LaneStatus? Lane(NpgsqlDataReader row, Dictionary<string, LaneOutlook> outlooks) => !outlooks.TryGetValue(row.Text("target")!, out var outlook)
        ? null
        : new LaneStatus(
            row.Text("target")!,
            row.Text("holder"),
            row.Number("epoch"),
            row.Time("heartbeat_at"),
            row.Time("paused_at"),
            row.Text("paused_by"),
            row.Text("pause_reason"),
            row.Text("waits_for"),
            row.GetOrdinal("running") is var i && row.IsDBNull(i) ? null : new LoadId(row.GetGuid(i)),
            row.Number("loads")!.Value,
            row.Number("bytes")!.Value,
            row.Text("reconciled"),
            row.Time("reconciled_at"),
            row.GetBoolean(row.GetOrdinal("pause_now")),
            row.Time("waits_since"),
            row.GetFieldValue<string[]>(row.GetOrdinal("standbys")))
        {
            Outlook = outlook,
        };

    public Task<IReadOnlyList<WatcherReport>> WatchersAsync(CancellationToken token) => ReadAsync(
        Sql["watchers"],
        _ => { },
        row => new WatcherReport(
            row.GetString(0),
            row.GetInt32(1),
            row.GetString(2),
            row.GetString(3),
            row.GetString(4),
            row.Time("last_event_at"),
            row.Time("last_scan_at"),
            row.Time("oldest_waiting_at"),
            row.Text("version")!,
            row.Time("reported_at"),
            row.GetBoolean(row.GetOrdinal("reporting")),
            row.Real("silent_seconds")),
        token);

    public async Task<StatusCounts> CountAsync(CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["count_by_status"], connection);
        await using var row = await command.ExecuteReaderAsync(token);
        var counts = Enum.GetValues<LoadStatus>().ToDictionary(s => s, _ => 0L);
        while (await row.ReadAsync(token))
        {
            counts[LedgerWords.Parse<LoadStatus>(row.GetString(0))] = row.GetInt64(1);
        }

        return new StatusCounts(counts);
    }

    /// <summary>A statement over loads with the filter in its place. Loads of some statuses are found status by status, each in the index's order.</summary>
    private static NpgsqlCommand Filtered(SqlText sql, string statement, LoadFilter filter, NpgsqlConnection connection)
    {
        var statuses = filter.MeantStatuses;
        var text = sql[statuses.Count == 0 ? statement : statement + "_by_status"].Replace("{filter}", Sql["filter"], StringComparison.Ordinal);
        var command = new NpgsqlCommand(text, connection)
            .WithText("target", filter.Target)
            .WithText("inbox", filter.Inbox)
            .WithText("cause", filter.Cause);
        if (statuses.Count > 0)
        {
            command.WithTexts("statuses", statuses.Distinct().Select(s => s.Word()));
        }

        Pattern(command, "table", filter.Table);
        Pattern(command, "file", filter.File);
        command.Parameters.Add(new NpgsqlParameter("since", NpgsqlDbType.Interval) { Value = filter.Since is { } since ? since : DBNull.Value });
        return command;
    }

    private static long? Key(string? after) => after is null
        ? null
        : long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var key)
            ? key
            : throw new LoaderException($"'{after}' is not a valid page key.", "Use the 'next' value of the previous page.");

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string statement, Action<NpgsqlCommand> parameters, Func<NpgsqlDataReader, T> read, CancellationToken token)
    {
        await using var connection = await database.OpenAsync(token);
        await using var command = new NpgsqlCommand(statement, connection);
        parameters(command);
        await using var row = await command.ExecuteReaderAsync(token);
        var rows = new List<T>();
        while (await row.ReadAsync(token))
        {
            rows.Add(read(row));
        }

        return rows;
    }

    /// <summary>Without '*' an equality that an index serves, with it a LIKE.</summary>
    private static void Pattern(NpgsqlCommand command, string name, string? pattern)
    {
        var like = pattern?.Contains('*', StringComparison.Ordinal) == true;
        command.WithText(name, like ? null : pattern);
        command.WithText($"{name}_like", like ? Like(pattern!) : null);
    }

    private static string Like(string pattern) => pattern
        .Replace(@"\", @"\\", StringComparison.Ordinal)
        .Replace("%", @"\%", StringComparison.Ordinal)
        .Replace("_", @"\_", StringComparison.Ordinal)
        .Replace('*', '%');
}

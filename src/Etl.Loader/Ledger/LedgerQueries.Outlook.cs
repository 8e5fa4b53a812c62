using Npgsql;

namespace Etl.Loader.Ledger;

/// <summary>What people see at a glance.</summary>
internal sealed partial class LedgerQueries
{
    private static readonly SqlText OutlookSql = SqlText.Load("Ledger/Sql/outlook.sql");

    public async Task<IReadOnlyList<LaneOutlook>> OutlookAsync(CancellationToken token)
    {
        var running = await RunningAsync(token);
        return await ReadAsync(
            OutlookSql["outlook"],
            _ => { },
            row => new LaneOutlook
            {
                Target = row.Text("target")!,
                ReadAt = row.Time("read_at")!.Value,
                Holder = row.Text("holder"),
                Served = row.GetBoolean(row.GetOrdinal("served")),
                SilentFor = row.Real("silent_seconds") is { } silent ? TimeSpan.FromSeconds(silent) : null,
                PausedAt = row.Time("paused_at"),
                PausedBy = row.Text("paused_by"),
                PauseReason = row.Text("pause_reason"),
                WaitsFor = row.Text("waits_for"),
                WaitsSince = row.Time("waits_since"),
                Running = running.FirstOrDefault(r => r.Target == row.Text("target")),
                Waiting = new Work(row.Number("loads")!.Value, row.Number("bytes")!.Value),
                Due = row.Number("due")!.Value,
                OldestDue = row.Time("oldest_due"),
                LastFinish = row.Time("last_finish"),
                Arrived = new Work(row.Number("arrived_loads")!.Value, row.Number("arrived_bytes")!.Value),
                ArrivedLast = new Work(row.Number("newest_loads")!.Value, row.Number("newest_bytes")!.Value),
                Pace = Pace.Of(
                    new Work(row.Number("paced_loads")!.Value, row.Number("paced_bytes") ?? 0), row.Real("paced_seconds") ?? 0, row.Real("fixed"), row.Real("slope")),
            },
            token);
    }

    public Task<IReadOnlyList<RunningLoad>> RunningAsync(CancellationToken token) => ReadAsync(
        OutlookSql["running"],
        _ => { },
        row => new RunningLoad(
            new LoadId(row.GetGuid(row.GetOrdinal("load_id"))),
            row.Text("target")!,
            row.Text("table_name")!,
            row.Text("dataset")!,
            LedgerWords.Parse<LoadStage>(row.Text("stage")!),
            row.Time("started_at"),
            row.Number("bytes_done") ?? 0,
            row.Number("bytes_total"),
            row.Number("rows_loaded"),
            row.Real("bytes_per_second"),
            row.Real("rows_per_second"),
            row.Time("progress_at"),
            row.Time("moved_at"),
            row.Text("waits_for"),
            row.Time("read_at")!.Value)
        {
            Served = row.GetBoolean(row.GetOrdinal("served")),
        },
        token);

    public Task<IReadOnlyList<LoadSummary>> RecentAsync(int limit, CancellationToken token) =>
        ReadAsync(OutlookSql["recent"], command => command.With("limit", limit), row => row.ReadSummary(), token);

    public Task<IReadOnlyList<FailureCause>> CausesAsync(int limit, CancellationToken token) => ReadAsync(
        OutlookSql["causes"],
        command => command.With("limit", limit),
        row => new FailureCause(
            row.Text("cause"),
            row.Number("loads")!.Value,
            row.Text("fault"),
            row.Text("folded"),
            new LoadId(row.GetGuid(row.GetOrdinal("load_id"))),
            row.Text("target")!,
            row.Text("dataset")!,
            row.Text("error"),
            row.Text("hint"),
            row.Time("finished_at")),
        token);

    public async Task<StatusCounts> CountUpToAsync(int most, CancellationToken token)
    {
        var counts = await ReadAsync(
            OutlookSql["count_up_to"],
            command => command.WithTexts("statuses", Enum.GetValues<LoadStatus>().Select(s => s.Word())).With("most", most),
            row => (Status: LedgerWords.Parse<LoadStatus>(row.Text("status")!), Loads: row.Number("loads")!.Value),
            token);
        return new StatusCounts(counts.ToDictionary(c => c.Status, c => c.Loads));
    }

    public async Task<PlaceInLine> PlaceInLineAsync(LoadId load, CancellationToken token) => (await ReadAsync(
        OutlookSql["place_in_line"],
        command => command.With("load_id", load.Value),
        row => new PlaceInLine(row.Number("loads")!.Value, row.Number("bytes")!.Value),
        token))[0];
}

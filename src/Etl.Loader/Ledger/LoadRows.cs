using Npgsql;

namespace Etl.Loader.Ledger;

/// <summary>Reads the ledger's rows by column name, so that statements may list columns as they like.</summary>
internal static class LoadRows
{
    public static LoadRecord ReadRecord(this NpgsqlDataReader row) => new()
    {
        Id = new LoadId(row.GetGuid(row.GetOrdinal("load_id"))),
        Spec = LedgerJson.ReadSpec(row.GetString(row.GetOrdinal("spec"))),
        Status = LedgerWords.Parse<LoadStatus>(row.GetString(row.GetOrdinal("status"))),
        Stage = LedgerWords.Parse<LoadStage>(row.GetString(row.GetOrdinal("stage"))),
        Attempt = row.GetInt32(row.GetOrdinal("attempt")),
        Failures = row.GetInt32(row.GetOrdinal("failures")),
        Sequence = row.GetInt64(row.GetOrdinal("sequence")),
        AcceptedAt = row.Time("accepted_at")!.Value,
        StartedAt = row.Time("started_at"),
        FinishedAt = row.Time("finished_at"),
        NextAttemptAt = row.Time("next_attempt_at"),
        RowsLoaded = row.Number("rows_loaded"),
        RowsRejected = row.Number("rows_rejected"),
        BytesDone = row.Number("bytes_done") ?? 0,
        BytesTotal = row.Number("bytes_total"),
        WaitsFor = row.Text("waits_for"),
        Error = row.Text("error"),
        ErrorLine = row.Number("error_line"),
        Hint = row.Text("hint"),
        Fault = row.Text("fault"),
        JobId = row.Text("job_id"),
        Survey = row.Text("survey"),
        Receipt = row.Text("receipt"),
        Kills = row.GetInt32(row.GetOrdinal("kills")),
        KillsCheckpoints = row.GetInt64(row.GetOrdinal("kills_checkpoints")),
        CancelRequested = row.GetBoolean(row.GetOrdinal("cancel_requested")),
    };

    public static LoadSummary ReadSummary(this NpgsqlDataReader row) => new(
        new LoadId(row.GetGuid(row.GetOrdinal("load_id"))),
        row.Text("inbox")!,
        row.Text("dataset")!,
        row.Text("target")!,
        row.Text("table_name")!,
        LedgerWords.Parse<LoadStatus>(row.Text("status")!),
        LedgerWords.Parse<LoadStage>(row.Text("stage")!),
        row.GetInt32(row.GetOrdinal("attempt")),
        row.Number("rows_loaded"),
        row.Number("rows_rejected"),
        row.Number("bytes_done") ?? 0,
        row.Number("bytes_total"),
        row.Time("accepted_at")!.Value,
        row.Time("started_at"),
        row.Time("finished_at"),
        row.Time("next_attempt_at"),
        row.Text("waits_for"),
        row.Text("error"),
        row.Text("job_id"));

    public static string? Text(this NpgsqlDataReader row, string column) =>
        row.GetOrdinal(column) is var i && row.IsDBNull(i) ? null : row.GetString(i);

    public static long? Number(this NpgsqlDataReader row, string column) =>
        row.GetOrdinal(column) is var i && row.IsDBNull(i) ? null : row.GetInt64(i);

    public static double? Real(this NpgsqlDataReader row, string column) =>
        row.GetOrdinal(column) is var i && row.IsDBNull(i) ? null : row.GetDouble(i);

    public static DateTimeOffset? Time(this NpgsqlDataReader row, string column) =>
        row.GetOrdinal(column) is var i && row.IsDBNull(i) ? null : row.GetFieldValue<DateTimeOffset>(i);
}

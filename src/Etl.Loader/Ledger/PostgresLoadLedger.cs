using Npgsql;

namespace Etl.Loader.Ledger;

/// <summary>The ledger in the queue database. Statements carry their own conditions; none reads first and writes then.</summary>
/// <param name="forLanes">True where lanes run: over their connections, on which the server keeps these statements prepared.</param>
internal sealed class PostgresLoadLedger(QueueDatabase database, bool forLanes = false) : ILoadLedger
{
    private static readonly SqlText Sql = SqlText.Load("Ledger/Sql/attempt.sql");

    public async Task<LoadRecord?> FindAsync(LoadId load, CancellationToken token)
    {
        await using var connection = await OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["find_load"], connection).With("load_id", load.Value);
        await using var reader = await command.ExecuteReaderAsync(token);
        return await reader.ReadAsync(token) ? reader.ReadRecord() : null;
    }

    public async Task<AttemptKey?> BeginAttemptAsync(LoadId load, long epoch, CancellationToken token)
    {
        await using var connection = await OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["begin_attempt"], connection)
            .With("load_id", load.Value)
            .With("epoch", epoch)
            .With("host", Environment.MachineName)
            .With("process_id", Environment.ProcessId);
        return await command.ExecuteScalarAsync(token) is int attempt ? new AttemptKey(load, attempt) : null;
    }

    public Task<bool> EnterStageAsync(AttemptKey attempt, LoadStage stage, CancellationToken token) =>
        ChangeAsync("enter_stage", attempt, c => c.With("stage", stage.Word()), token);

    public async Task<AttemptStanding> ReportProgressAsync(AttemptKey attempt, long bytesDone, long? bytesTotal, long rows, CancellationToken token)
    {
        await using var connection = await OpenAsync(token);
        var log = attempt.Log.Unwritten();
        await using var command = Owned("report_progress", connection, attempt)
            .With("bytes_done", bytesDone)
            .WithNumber("bytes_total", bytesTotal)
            .With("rows", rows)
            .WithText("log", log, int.MaxValue);
        var answer = await command.ExecuteScalarAsync(token);
        if (log is not null)
        {
            attempt.Log.Written(log);
        }

        return answer switch
        {
            bool cancelled => cancelled ? AttemptStanding.CancelRequested : AttemptStanding.Mine,
            _ => AttemptStanding.Lost,
        };
    }

    public Task<bool> SaveSurveyAsync(AttemptKey attempt, string survey, CancellationToken token) =>
        ChangeAsync("save_survey", attempt, c => c.WithText("survey", survey, int.MaxValue), token);

    public Task<bool> SetKillsAsync(AttemptKey attempt, int kills, long checkpoints, CancellationToken token) =>
        ChangeAsync("set_kills", attempt, c => c.With("kills", kills).With("checkpoints", checkpoints), token);

    public async Task<EarlierLoad?> FindEarlierAsync(LoadId load, CancellationToken token)
    {
        await using var connection = await OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["wait_for_earlier"], connection)
            .With("load_id", load.Value).With("short_length", LoadId.ShortLength);
        await using var row = await command.ExecuteReaderAsync(token);
        return await row.ReadAsync(token) ? new EarlierLoad(new LoadId(row.GetGuid(0)), row.Time("next_attempt_at")) : null;
    }

    public async Task<LoadId?> FindNewerDeliveryAsync(LoadId load, CancellationToken token)
    {
        await using var connection = await OpenAsync(token);
        await using var command = new NpgsqlCommand(Sql["find_newer_delivery"], connection).With("load_id", load.Value);
        return await command.ExecuteScalarAsync(token) is Guid newer ? new LoadId(newer) : null;
    }

    public Task<bool> SetWaitsForAsync(AttemptKey attempt, string? waitsFor, CancellationToken token) =>
        ChangeAsync("set_waits_for", attempt, c => c.WithText("waits_for", waitsFor, LedgerWords.MaxNote), token);

    public async Task<LoadStatus?> FinishAsync(AttemptKey attempt, AttemptResult result, CancellationToken token)
    {
        if (result is { Outcome: AttemptOutcome.Loaded, Receipt: null })
        {
            throw new ArgumentException("A load ends as loaded only with its receipt.", nameof(result));
        }

        if (result is { Outcome: AttemptOutcome.Retry, NextAttemptAt: null })
        {
            throw new ArgumentException("A retry needs the time of the next attempt.", nameof(result));
        }

        await using var connection = await OpenAsync(token);
        await using var command = Owned("finish_attempt", connection, attempt)
            .WithText("outcome", result.Outcome.Word())
            .WithText("error", result.Error)
            .WithNumber("error_line", result.ErrorLine)
            .WithText("hint", result.Hint, LedgerWords.MaxNote)
            .WithText("fault", result.Fault)
            .WithText("log", attempt.Log.Unwritten(), int.MaxValue)
            .WithTime("next_attempt_at", result.NextAttemptAt)
            .WithNumber("rows_loaded", result.RowsLoaded)
            .WithNumber("rows_rejected", result.RowsRejected)
            .WithText("receipt", result.Receipt, int.MaxValue)
            .WithText(SchemaChanges.Key, SchemaChanges.JsonOf(result.Receipt), int.MaxValue);
        return await command.ExecuteScalarAsync(token) is string status ? LedgerWords.Parse<LoadStatus>(status) : null;
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken token) =>
        await (forLanes ? database.LaneSource : database.Source).OpenConnectionAsync(token);

    private static NpgsqlCommand Owned(string statement, NpgsqlConnection connection, AttemptKey attempt) =>
        new NpgsqlCommand(Sql[statement], connection).With("load_id", attempt.Load.Value).With("attempt", attempt.Attempt);

    private async Task<bool> ChangeAsync(string statement, AttemptKey attempt, Action<NpgsqlCommand> parameters, CancellationToken token)
    {
        await using var connection = await OpenAsync(token);
        await using var command = Owned(statement, connection, attempt);
        parameters(command);
        return await command.ExecuteNonQueryAsync(token) == 1;
    }
}

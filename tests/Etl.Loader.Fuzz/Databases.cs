using System.Globalization;
using DuckDB.NET.Data;
using Etl.Loader.App.PrivatePostgres;
using Etl.Loader.Fuzz.Generation;
using Etl.Loader.Fuzz.Verdict;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.DuckDb;
using Etl.Loader.Targets.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using DuckDbTarget = Etl.Loader.Targets.DuckDb.Target;
using PostgreSqlTarget = Etl.Loader.Targets.PostgreSql.Target;

namespace Etl.Loader.Fuzz;

/// <summary>A private PostgreSQL and a DuckDB file, into which datasets are loaded the whole way, to be read back with SELECT.</summary>
internal sealed class Databases : IAsyncDisposable
{
    private readonly PrivateServer _server;
    private readonly NpgsqlDataSource _source;
    private readonly PostgreSqlTarget _warehouse;
    private readonly DuckDbTarget _lake;
    private readonly string _directory;
    private long _sequence;

    private Databases(PrivateServer server, string connectionString, string directory)
    {
        (_server, _directory) = (server, directory);
        _source = NpgsqlDataSource.Create(connectionString);
        _warehouse = new("warehouse", new() { ConnectionString = connectionString }, TimeProvider.System, NullLogger.Instance);
        _lake = new("lake", new() { Kind = TargetKind.DuckDb, Path = LakePath }, TimeProvider.System, NullLogger.Instance, new() { ReaderWindow = TimeSpan.Zero, MemoryLimit = "256MB", Threads = 1 });
    }

    /// <summary>For each target its name, and how a dataset is loaded into it and compared.</summary>
    public IReadOnlyList<(string Name, Func<GeneratedDataset, CancellationToken, Task<Outcome>> Load)> Targets =>
        [("PostgreSQL", (dataset, token) => LoadAsync(_warehouse, dataset, token)), ("DuckDB", (dataset, token) => LoadAsync(_lake, dataset, token))];

    private string LakePath => Path.Combine(_directory, "lake.duckdb");

    public static async Task<Databases> StartAsync(string directory, CancellationToken token)
    {
        var server = await PrivateServer.StartAsync(
            new()
            {
                Directory = Path.Combine(directory, "postgres"),
                PasswordFile = Path.Combine(directory, "pgpass"),
                StopPatience = TimeSpan.FromSeconds(2),
                ExtraSettings = new Dictionary<string, string> { ["fsync"] = "off", ["synchronous_commit"] = "off", ["shared_buffers"] = "64MB" },
            },
            TimeProvider.System,
            token);
        await server.EnsureDatabaseAsync("fuzz", token);
        return new(server, server.ConnectionString("fuzz"), directory);
    }

    public async ValueTask DisposeAsync()
    {
        await _warehouse.DisposeAsync();
        await _lake.DisposeAsync();
        await _source.DisposeAsync();
        await _server.StopAsync();
        if (new DirectoryInfo(Path.Combine(_directory, "postgres")).LinkTarget is { } elsewhere)
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    private async Task<Outcome> LoadAsync(ILoadTarget target, GeneratedDataset dataset, CancellationToken token)
    {
        var number = ++_sequence;
        var files = new DatasetFiles(_directory, dataset);
        var surveyor = Trial.Surveyor(dataset);
        var load = Record(dataset, target.Name, $"generated_{number}", number);
        var key = new AttemptKey(load.Id, 1);
        try
        {
            var survey = await surveyor.SurveyAsync(
                new() { Files = files.Resolve(load.Spec), Dialect = dataset.Dialect, Ragged = dataset.Ragged, TypesAsText = dataset.TypesAsText, RejectsMax = dataset.RejectsMax },
                new Progress<long>(),
                token);
            if (dataset.Expect(survey) is not { } expected)
            {
                return new(Ending.Refused);
            }

            var epoch = await target.TakeLaneAsync(new(Installation, "fuzz:1"), token);
            var ledger = new NoLedger();
            await using var progress = new AttemptProgress(key, ledger, survey.Bytes, TimeSpan.FromMinutes(1), TimeProvider.System, NullLogger.Instance, token);
            var attempt = new LoadAttempt(files, surveyor, ledger, new LoadOptions(), TimeProvider.System);
            await attempt.RunAsync(load, key, new(target, epoch, new NoLane()), progress);
            return await CompareAsync(target, dataset, expected, load, token);
        }
        catch (DifferenceException difference)
        {
            return Outcome.Wrong(difference.Message);
        }
        catch (DatasetException refusal) when (dataset.MayBeRefused)
        {
            return new(Ending.Refused, What: refusal.Message);
        }
        catch (Exception fault) when (!token.IsCancellationRequested)
        {
            return Outcome.Wrong(fault.ToString());
        }
    }

    private static Guid Installation { get; } = new("019350c0-0000-7000-8000-00000000f022");

    private static LoadRecord Record(GeneratedDataset dataset, string target, string table, long sequence) => new()
    {
        Id = LoadId.New(TimeProvider.System),
        Spec = Trial.Spec(dataset, table) with { Target = target },
        Status = LoadStatus.Loading,
        Stage = LoadStage.Accepted,
        Attempt = 1,
        Failures = 0,
        Sequence = sequence,
        AcceptedAt = TimeProvider.System.GetUtcNow(),
    };

    private async Task<Outcome> CompareAsync(ILoadTarget target, GeneratedDataset dataset, ExpectedTable expected, LoadRecord load, CancellationToken token)
    {
        var table = new TableName(target.DefaultSchema, load.Spec.TableName);
        var found = await target.FindTableAsync(table, token) ?? throw new DifferenceException("there is no table");
        var columns = found.Columns.Select((column, i) => new TargetColumn(i, expected.Names[i], column.Name, column.Type ?? throw new DifferenceException($"{column.Name} is {column.DeclaredType}"))).ToList();
        var comparison = new Comparison(dataset, expected);
        var (fitting, others) = comparison.Split(columns);
        var meant = fitting.Select(record => string.Join(" | ", columns.Select(column => StoredText.Show(comparison.MeaningOf(record.Values![column.Ordinal], column.Type), column.Type.Kind)))).Order(StringComparer.Ordinal);
        var rows = target is PostgreSqlTarget ? await WarehouseRowsAsync(table, columns, token) : LakeRows(table, columns);
        var stored = rows.Select(row => string.Join(" | ", row.Select((text, i) => StoredText.Read(text, columns[i].Type.Kind)))).Order(StringComparer.Ordinal).ToList();
        var first = meant.Zip(stored).FirstOrDefault(pair => pair.First != pair.Second);
        if (first != default || stored.Count != fitting.Count)
        {
            throw new DifferenceException($"{fitting.Count} rows meant, {stored.Count} stored; meant {first.First}, stored {first.Second}; types {string.Join(", ", found.Columns.Select(column => column.DeclaredType))}");
        }

        comparison.Rejects(others, await target.ReadRejectsAsync(load.Id, token).OrderBy(reject => reject.File).ThenBy(reject => reject.Offset).ToListAsync(token));
        await DropAsync(target, table, token);
        return new(Ending.Right, stored.Count, others.Count);
    }

    private async Task<List<string?[]>> WarehouseRowsAsync(TableName table, List<TargetColumn> columns, CancellationToken token)
    {
        await using var command = _source.CreateCommand($"SET TimeZone = 'UTC'; SELECT {Names(columns)} FROM {table.Schema}.\"{table.Name}\"");
        command.AllResultTypesAreUnknown = true;
        await using var reader = await command.ExecuteReaderAsync(token);
        var rows = new List<string?[]>();
        while (await reader.ReadAsync(token))
        {
            rows.Add([.. Enumerable.Range(0, columns.Count).Select(i => reader.IsDBNull(i) ? null : reader.GetString(i))]);
        }

        return rows;
    }

    private List<string?[]> LakeRows(TableName table, List<TargetColumn> columns)
    {
        var rows = new List<string?[]>();
        InLake(
            $"SELECT {string.Join(", ", columns.Select(column => column.Type.Kind == TypeKind.Bytes ? $"'\\x' || lower(hex({Quoted(column.Name)}))" : $"CAST({Quoted(column.Name)} AS VARCHAR)"))} FROM {table.Schema}.\"{table.Name}\"",
            reader => rows.Add([.. Enumerable.Range(0, columns.Count).Select(i => reader.IsDBNull(i) ? null : reader.GetString(i))]));
        return rows;
    }

    private async Task DropAsync(ILoadTarget target, TableName table, CancellationToken token)
    {
        var drop = $"DROP TABLE {table.Schema}.\"{table.Name}\"";
        if (target is not PostgreSqlTarget)
        {
            InLake(drop, static _ => { });
            return;
        }

        await using var command = _source.CreateCommand(drop);
        await command.ExecuteNonQueryAsync(token);
    }

    private void InLake(string sql, Action<DuckDBDataReader> row)
    {
        using var connection = new DuckDBConnection($"DataSource={LakePath}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SET TimeZone = 'UTC'";
        command.ExecuteNonQuery();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            row(reader);
        }
    }

    private static string Names(List<TargetColumn> columns) => string.Join(", ", columns.Select(column => Quoted(column.Name)));

    private static string Quoted(string name) => string.Create(CultureInfo.InvariantCulture, $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");

    private sealed class DatasetFiles(string directory, GeneratedDataset dataset) : IInboxes
    {
        public IReadOnlyList<SourceFile> Resolve(LoadSpec spec)
        {
            foreach (var file in dataset.Files)
            {
                File.WriteAllBytes(Path.Combine(directory, file.Name), file.Bytes);
            }

            return [.. dataset.Files.Select(file => new SourceFile(file.Name, Path.Combine(directory, file.Name)))];
        }

        public void VerifyUnchanged(LoadSpec spec)
        {
        }

        public bool IsTriggered(LoadSpec spec) => false;

        public LoadSpec Refresh(LoadSpec spec) => spec;

        public IReadOnlyList<TimeSpan>? RetryDelays(string inbox) => null;

        public Task<bool> WriteMarkerAsync(LoadId load, LoadSpec spec, LoadStatus status, string content, CancellationToken token) => Task.FromResult(true);
    }

    /// <summary>Nothing but the target is under test here.</summary>
    private sealed class NoLedger : ILoadLedger
    {
        public Task<LoadRecord?> FindAsync(LoadId load, CancellationToken token) => Task.FromResult<LoadRecord?>(null);

        public Task<AttemptKey?> BeginAttemptAsync(LoadId load, long epoch, CancellationToken token) => Task.FromResult<AttemptKey?>(null);

        public Task<bool> EnterStageAsync(AttemptKey attempt, LoadStage stage, CancellationToken token) => Task.FromResult(true);

        public Task<AttemptStanding> ReportProgressAsync(AttemptKey attempt, long bytesDone, long? bytesTotal, long rows, CancellationToken token) =>
            Task.FromResult(AttemptStanding.Mine);

        public Task<bool> SaveSurveyAsync(AttemptKey attempt, string survey, CancellationToken token) => Task.FromResult(true);

        public Task<bool> SetKillsAsync(AttemptKey attempt, int kills, long checkpoints, CancellationToken token) => Task.FromResult(true);

        public Task<EarlierLoad?> FindEarlierAsync(LoadId load, CancellationToken token) => Task.FromResult<EarlierLoad?>(null);

        public Task<LoadId?> FindNewerDeliveryAsync(LoadId load, CancellationToken token) => Task.FromResult<LoadId?>(null);

        public Task<bool> SetWaitsForAsync(AttemptKey attempt, string? waitsFor, CancellationToken token) => Task.FromResult(true);

        public Task<LoadStatus?> FinishAsync(AttemptKey attempt, AttemptResult result, CancellationToken token) => Task.FromResult<LoadStatus?>(LoadStatus.Loaded);
    }
}

using System.Diagnostics;
using System.Runtime.CompilerServices;
using Etl.Loader.Survey;
using Etl.Loader.Targets.DuckDb.Files;
using Etl.Loader.Targets.DuckDb.Publishing;
using Etl.Loader.Targets.DuckDb.Staging;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Targets.DuckDb;

/// <summary>
/// One DuckDB file. One process serves its lane, held by a lock beside the file; that process opens the file only while it does something,
/// so that readers of other processes come in between, and every opening of theirs sees a table old or new, whole.
/// </summary>
internal sealed class Target : ILoadTarget
{
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Sessions _sessions;
    private readonly Stager _stager;
    private FileLock? _lock;

    public Target(string name, TargetOptions options, TimeProvider time, ILogger logger, Settings settings)
    {
        if (string.IsNullOrWhiteSpace(options.Path))
        {
            throw new LoaderException(
                $"Loader:Targets:{name}:Path is empty; a DuckDB target needs the path of its file.", $"Set Loader:Targets:{name}:Path, e.g. /data/{name}.duckdb.");
        }

        Name = name;
        DefaultSchema = options.Schema ?? "main";
        _path = Path.GetFullPath(options.Path);
        _time = time;
        _logger = logger;
        _sessions = new Sessions(name, _path, settings, time);
        _stager = new Stager(name, _sessions, settings, time, logger);
        File = new DuckDbFile(name, _path, _sessions, time);
        Upkeep = new Upkeep(name, _path, _sessions, (work, token) => LookAsync(work, [], token));
    }

    public string Name { get; }

    public string DefaultSchema { get; }

    public ITargetUpkeep Upkeep { get; }

    public ITargetFile File { get; }

    public bool StagesUnsurveyed(bool declared) => true;

    public ColumnType Storable(ColumnType proven) => Types.IsText(proven) && proven.Kind != TypeKind.Text ? ColumnType.Text : proven;

    /// <summary>A file that is still to be made is not a fault before the lane is taken.</summary>
    public Task ProbeAsync(CancellationToken token) => _lock is null && File.IsMissing
        ? Task.CompletedTask
        : _sessions.UseAsync(session => session.Scalar<int>("SELECT 1"), token);

    public async Task<long> TakeLaneAsync(LaneClaim claim, CancellationToken token)
    {
        if (claim.Published)
        {
            _sessions.RequireFile();
        }

        if (_lock is null)
        {
            _lock = FileLock.Take(Name, _path, claim.Holder);
            _sessions.Clean();
        }

        var epoch = await _sessions.MakeAsync(session => session.InTransaction(() => Lane.Raise(session, Name, _path, claim, _time)), token);
        Log.LaneTaken(_logger, Name, epoch);
        return epoch;
    }

    /// <summary>The lock beside the file: a process that lost the lane and lives on would keep every other one out.</summary>
    public Task ReleaseLaneAsync()
    {
        _lock?.Dispose();
        _lock = null;
        return Task.CompletedTask;
    }

    public Task<LoadReceipt?> FindReceiptAsync(LoadId load, CancellationToken token) =>
        LookAsync(session => Schema.Exists(session) ? Receipts.Find(session, load) : null, null, token);

    /// <summary>All at once, so that the file is not open while the caller looks at them.</summary>
    public async IAsyncEnumerable<RejectedRecord> ReadRejectsAsync(LoadId load, [EnumeratorCancellation] CancellationToken token)
    {
        foreach (var reject in await LookAsync(session => Schema.Exists(session) ? Rejects.Read(session, load) : [], [], token))
        {
            yield return reject;
        }
    }

    public Task<ExistingTable?> FindTableAsync(TableName table, CancellationToken token) => LookAsync(session => Describe(session, table), null, token);

    public async Task<IStagedLoad> StageAsync(StageRequest request, IProgress<StageProgress> progress, CancellationToken token)
    {
        RefuseOwnSchemas(request.Table);
        var started = Stopwatch.GetTimestamp();
        var staged = await _stager.RunAsync(request, progress, token);
        Log.Staged(_logger, request.Load, Name, staged.Rows.Loaded, staged.Way, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        return new StagedLoad(Name, _sessions, request, staged, _time, _logger);
    }

    public Task<long> CountCheckpointsAsync(LoadId load, CancellationToken token) =>
        LookAsync(session => Checkpoints.Count(session, load), 0L, token);

    public Task DropStagingAsync(LoadId load, long epoch, CancellationToken token) => _sessions.UseAsync(
        session => session.InTransaction(() =>
        {
            Lane.Check(session, Name, epoch);
            StagingTable.Forget(session, load, rejects: Receipts.Find(session, load) is null);
            return true;
        }),
        token);

    public TargetFault Classify(Exception exception) => Faults.Classify(Name, exception);

    public ValueTask DisposeAsync()
    {
        _lock?.Dispose();
        _lock = null;
        return ValueTask.CompletedTask;
    }

    /// <summary>Only the lane's holder opens the file for writing.</summary>
    private Task<T> LookAsync<T>(Func<Session, T> work, T none, CancellationToken token) =>
        _lock is null ? _sessions.LookAsync(work, none, token) : _sessions.UseAsync(work, token);

    private static ExistingTable? Describe(Session session, TableName table)
    {
        if (Catalog.KindOf(session, table) != "table")
        {
            return null;
        }

        var columns = Catalog.ColumnsOf(session, table)
            .Select(c => new ExistingColumn(c.Name, Types.Read(c.Type), c.Type, c.Nullable, c.Default is not null));
        return new ExistingTable(table, [.. columns], Schema.Exists(session) && OwnedTables.IsOurs(session, table) ? Receipts.NewestOf(session, table) : null);
    }

    private void RefuseOwnSchemas(TableName table)
    {
        if (table.Schema.StartsWith("etl_loader", StringComparison.OrdinalIgnoreCase)
            || table.Schema is "information_schema" or "pg_catalog" or "temp" or "system"
            || table.Name.StartsWith("__etl_", StringComparison.OrdinalIgnoreCase))
        {
            throw new DatasetException($"Target '{Name}': {table} is not for datasets.", "Name another schema or table in the trigger.");
        }
    }
}

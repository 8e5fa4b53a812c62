using System.Runtime.CompilerServices;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Targets.PostgreSql.Publishing;
using Etl.Loader.Targets.PostgreSql.Staging;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Etl.Loader.Targets.PostgreSql;

/// <summary>A PostgreSQL database as a target: rows go in by binary COPY, a table changes by one transaction.</summary>
internal sealed class Target : ILoadTarget
{
    private readonly TargetOptions _options;
    private readonly Settings _tuning;
    private readonly ILogger _logger;
    private readonly Sessions _sessions;
    private readonly Lane _lane;
    private readonly Publisher _publisher;
    private readonly ChunkedStage _chunked;
    private long? _epoch;

    /// <summary>Throws <see cref="LoaderException"/> naming the key when the connection string is missing or does not parse.</summary>
    public Target(string name, TargetOptions options, TimeProvider time, ILogger logger, Settings? tuning = null)
    {
        _tuning = tuning ??= new Settings();
        _options = options;
        _logger = logger;
        _sessions = new Sessions(name, ConnectionString(name, options), options, tuning);
        _lane = new Lane(name, _sessions, tuning, time, logger);
        var tableLock = new TableLock(options, tuning, time, logger);
        _publisher = new Publisher(name, _sessions, tableLock, new Replace(tableLock), logger);
        _chunked = new ChunkedStage(name, options, tuning, _sessions, _publisher, new SnapshotWait(options, _sessions, time, logger), logger);
        Upkeep = new Upkeep(_sessions, options.Schema ?? "public");
        Name = name;
        DefaultSchema = options.Schema ?? "public";
    }

    public string Name { get; }

    public string DefaultSchema { get; }

    public ITargetUpkeep Upkeep { get; }

    public bool StagesUnsurveyed(bool declared) => true;

    public async Task ProbeAsync(CancellationToken token)
    {
        await using var connection = await _sessions.OpenProbingAsync(token);
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        await command.ExecuteScalarAsync(token);
    }

    public string SchemaScript => Schema.Script();

    public Task MigrateAsync(CancellationToken token) => _lane.MigrateAsync(token);

    public async Task<long> TakeLaneAsync(LaneClaim claim, CancellationToken token)
    {
        var epoch = await _lane.TakeAsync(claim, token);
        _epoch = epoch;
        return epoch;
    }

    public async Task<LoadReceipt?> FindReceiptAsync(LoadId load, CancellationToken token)
    {
        await using var session = await _sessions.OpenLookingAsync(_epoch, token);
        return await Receipts.FindAsync(session, load, token);
    }

    public async IAsyncEnumerable<RejectedRecord> ReadRejectsAsync(LoadId load, [EnumeratorCancellation] CancellationToken token)
    {
        await using var session = await _sessions.OpenReadingAsync(token);
        await foreach (var reject in Receipts.RejectsAsync(session, load, token))
        {
            yield return reject;
        }
    }

    public async Task<ExistingTable?> FindTableAsync(TableName table, CancellationToken token)
    {
        await using var session = await _sessions.OpenLookingAsync(_epoch, token);
        if (await Catalog.FindAsync(session, table, token) is not { } relation)
        {
            return null;
        }

        var columns = await Catalog.ColumnsAsync(session, relation.Oid, token);
        var receipt = await Ownership.IsOursAsync(session, table, relation, token) ? await Receipts.NewestAsync(session, table, token) : null;
        return new ExistingTable(
            table,
            [.. columns.Select(c => new ExistingColumn(c.Name, Types.Read(c.DeclaredType), c.DeclaredType, c.Nullable, c.HasDefault || c.Generated))],
            receipt);
    }

    public async Task<IStagedLoad> StageAsync(StageRequest request, IProgress<StageProgress> progress, CancellationToken token)
    {
        var table = new StagingTable(request.Load, request.Columns);
        try
        {
            return await IsChunkedAsync(request, token)
                ? await _chunked.RunAsync(request, table, progress, token)
                : await StageInOneTransactionAsync(request, table, progress, token);
        }
        catch (Exception exception) when (Faults.IsLostSession(exception))
        {
            await _sessions.ThrowIfFencedAsync(request.Epoch, token);
            throw;
        }
    }

    public async Task<long> CountCheckpointsAsync(LoadId load, CancellationToken token)
    {
        await using var session = await _sessions.OpenReadingAsync(token);
        return await Receipts.CountCheckpointsAsync(session, load, token);
    }

    public async Task DropStagingAsync(LoadId load, long epoch, CancellationToken token)
    {
        await using var session = await _sessions.BeginWritingAsync(epoch, token);
        await session.ExecuteAsync($"DROP TABLE IF EXISTS {Identifiers.Quote(Identifiers.Staging(load))}", token);
        var published = await Receipts.FindAsync(session, load, token) is not null;
        await session.ExecuteAsync(Receipts.ForgetStaging(load, rejects: !published), token);
        await session.CommitAsync(token);
    }

    public TargetFault Classify(Exception exception) => Faults.Classify(Name, exception);

    public ValueTask DisposeAsync() => _sessions.DisposeAsync();

    /// <summary>Large datasets are resumed by chunks. Middling ones gain from several streams where the server logs every row; where it skips the log for the
    /// rows of a new table, which only the transaction that made it can have, one stream is faster than two.</summary>
    private async Task<bool> IsChunkedAsync(StageRequest request, CancellationToken token) => request.Survey.TextBytes >= _tuning.ChunkedFrom
        || request.RejectsMax > _tuning.RejectsAtOnce
        || (_options.Streams > 1 && request.Survey.Bytes >= _tuning.ParallelFrom && request.Reader.HasParts(request.Survey)
            && !await _sessions.SkipsLogAsync(token));

    private async Task<IStagedLoad> StageInOneTransactionAsync(
        StageRequest request, StagingTable table, IProgress<StageProgress> progress, CancellationToken token)
    {
        var session = await _sessions.BeginWritingAsync(request.Epoch, token);
        try
        {
            var rows = await SingleTransactionStage.RunAsync(session, table, request, progress, token);
            rows.Verify(request);
            Log.Staged(_logger, request.Load, Name, rows.Loaded, rows.Rejected, 1);
            return new TransactionStagedLoad(_sessions, _publisher, session, new StagedTable(request.Load, request.Epoch, request.Table, table.Name, rows));
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    private static string ConnectionString(string name, TargetOptions options)
    {
        var key = $"Loader:Targets:{name}:ConnectionString";
        return ConnectionStringCheck.FindFaults(key, options.ConnectionString).FirstOrDefault() is { } fault
            ? throw new LoaderException(fault.ToString(), "Write the Npgsql connection string of the target database there.")
            : new NpgsqlConnectionStringBuilder(options.ConnectionString).ConnectionString;
    }
}

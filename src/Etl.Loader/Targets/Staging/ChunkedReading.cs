using Etl.Loader.Survey;

namespace Etl.Loader.Targets.Staging;

/// <summary>
/// A dataset that several streams write part by part, each part with a checkpoint in the transaction of its rows: what an earlier attempt has left
/// is recognised and not written again.
/// </summary>
internal sealed class ChunkedReading : IAsyncDisposable
{
    private readonly StageRequest _request;
    private readonly RejectTally _tally;
    private readonly StreamsProgress _progress;
    private readonly StoppableParts _until;
    private readonly PendingParts _parts;

    /// <param name="done">Checkpoints whose rows are in the staging table.</param>
    public ChunkedReading(StageRequest request, int streams, IReadOnlyList<Checkpoint> done, IProgress<StageProgress> progress)
    {
        _request = request;
        _tally = new RejectTally(request.RejectsMax);
        _tally.AddEarlier(done.Sum(c => c.RowsRejected));
        Loaded = done.Sum(c => c.RowsLoaded);
        _progress = new StreamsProgress(streams, Loaded, progress);
        LoadedPart[] loadedParts = [.. done.Select(c => new LoadedPart(c.File, c.Offset, c.RowsLoaded + c.RowsRejected))];
        _until = new StoppableParts(request.Reader.OpenParts(request.Survey, streams, loadedParts), request.WindUp);
        _parts = new PendingParts(_until, done, _progress);
    }

    /// <summary>Rows that an earlier attempt has left.</summary>
    public long Loaded { get; }

    /// <summary>The next part without a checkpoint; null: there is none left. Throws <see cref="StaleCheckpointException"/>.</summary>
    public ValueTask<DatasetPart?> TakeAsync(CancellationToken token) => _parts.TakeAsync(token);

    /// <summary>What one transaction of a stream writes, from its first part on.</summary>
    public StreamSource Source(int stream, CommitLimits limits, DatasetPart first) => new(stream, limits, first, _parts, _progress);

    /// <summary>The rejects of one transaction.</summary>
    public RejectList Rejects(RejectWords words) => new(_tally, words);

    /// <summary>To be called when no part is left. Throws where the dataset is not whole, whatever was counted.</summary>
    /// <param name="loaded">All rows in the staging table.</param>
    public StagedRows Finish(long loaded)
    {
        _until.ThrowIfStopped();
        _parts.VerifyAllSeen();
        var rows = new StagedRows(loaded, _tally.Count, []);
        rows.Verify(_request);
        return rows;
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();
}

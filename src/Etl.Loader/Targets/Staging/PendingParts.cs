using System.Collections.Concurrent;
using Etl.Loader.Survey;

namespace Etl.Loader.Targets.Staging;

/// <summary>
/// The parts of a dataset that are still to be copied: all but those of which an earlier attempt left a checkpoint. Parallel streams leave
/// holes, so each part is looked up on its own.
/// </summary>
internal sealed class PendingParts : IAsyncDisposable
{
    private readonly IDatasetParts _parts;
    private readonly StreamsProgress _progress;
    private readonly ConcurrentDictionary<(int File, long Offset), Checkpoint> _unseen;

    /// <param name="done">Checkpoints whose rows are in the staging table.</param>
    public PendingParts(IDatasetParts parts, IReadOnlyList<Checkpoint> done, StreamsProgress progress)
    {
        (_parts, _progress) = (parts, progress);
        _unseen = new(done.Select(c => KeyValuePair.Create((c.File, c.Offset), c)));
    }

    /// <summary>The next part without a checkpoint; null: there is none left. Throws <see cref="StaleCheckpointException"/>.</summary>
    public async ValueTask<DatasetPart?> TakeAsync(CancellationToken token)
    {
        while (await _parts.TakeAsync(token) is { } part)
        {
            if (!_unseen.TryRemove((part.File, part.Offset), out var checkpoint))
            {
                return part;
            }

            if (checkpoint.Hash != part.Hash)
            {
                throw new StaleCheckpointException();
            }

            part.Open().Dispose();
            _progress.Found(part.Bytes);
        }

        return null;
    }

    /// <summary>To be called when no part is left. Throws <see cref="StaleCheckpointException"/> where a checkpoint belongs to none.</summary>
    public void VerifyAllSeen()
    {
        if (!_unseen.IsEmpty)
        {
            throw new StaleCheckpointException();
        }
    }

    public ValueTask DisposeAsync() => _parts.DisposeAsync();
}

/// <summary>A checkpoint is of a part that the dataset does not have (any more): nothing of the staging table can be believed.</summary>
internal sealed class StaleCheckpointException() : Exception("The checkpoints of this load belong to a different read of its dataset.");

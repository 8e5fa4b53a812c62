using Etl.Loader.Survey;

namespace Etl.Loader.Targets.Staging;

/// <summary>What one transaction of one stream writes: parts of the dataset until there are enough of them for a checkpoint.</summary>
/// <param name="first">The part for which the transaction was begun.</param>
internal sealed class StreamSource(int stream, CommitLimits limits, DatasetPart first, PendingParts parts, StreamsProgress progress) : IPartSource
{
    private readonly List<Checkpoint> _checkpoints = [];
    private DatasetPart? _first = first;
    private long _rows;
    private long _rejected;

    /// <summary>One for each part that was written, to be committed with its rows.</summary>
    public IReadOnlyList<Checkpoint> Checkpoints => _checkpoints;

    /// <summary>Delivered bytes of the parts that were written.</summary>
    public long Bytes { get; private set; }

    public async ValueTask<DatasetPart?> NextAsync(CancellationToken token)
    {
        if (_first is { } part)
        {
            _first = null;
            return part;
        }

        return Bytes >= limits.Bytes || _rejected >= limits.Rejects ? null : await parts.TakeAsync(token);
    }

    public void Encoded(DatasetPart part, long rows, long position) =>
        progress.Report(stream, _rows + rows, Bytes + Math.Clamp(position - part.Start, 0, part.Bytes));

    public void Ended(DatasetPart part, long rows, long rejected)
    {
        _checkpoints.Add(new Checkpoint(part.File, part.Offset, part.Hash, rows, rejected));
        _rows += rows;
        Bytes += part.Bytes;
        _rejected += rejected;
    }

    public void Settle() => progress.Settle(stream, _rows, Bytes);
}

/// <summary>What a stream commits together.</summary>
/// <param name="Bytes">Delivered bytes after which it commits what it has written: what a restart costs at most, for each stream.</param>
/// <param name="Rejects">Rejects that it keeps in memory until then.</param>
internal readonly record struct CommitLimits(long Bytes, long Rejects);

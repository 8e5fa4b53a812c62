using Etl.Loader.Survey;

namespace Etl.Loader.Targets.PostgreSql.Staging;

/// <summary>What one transaction of one stream copies: parts of the dataset until there are enough of them for a checkpoint.</summary>
/// <param name="first">The part for which the transaction was begun.</param>
internal sealed class StreamSource(int stream, PostgreSqlTuning tuning, DatasetPart first, PendingParts parts, StreamsProgress progress) : ICopySource
{
    private readonly List<Checkpoint> _checkpoints = [];
    private DatasetPart? _first = first;
    private long _rows;
    private long _bytes;
    private long _rejected;

    /// <summary>One for each part that was copied, to be written with its rows.</summary>
    public IReadOnlyList<Checkpoint> Checkpoints => _checkpoints;

    public async ValueTask<DatasetPart?> NextAsync(CancellationToken token)
    {
        if (_first is { } part)
        {
            _first = null;
            return part;
        }

        return _bytes >= tuning.CommitFrom || _rejected >= tuning.RejectsAtOnce ? null : await parts.TakeAsync(token);
    }

    public void Encoded(DatasetPart part, long rows, long position) =>
        progress.Report(stream, _rows + rows, _bytes + Math.Clamp(position - part.Start, 0, part.Bytes));

    public void Ended(DatasetPart part, long rows, long rejected)
    {
        _checkpoints.Add(new Checkpoint(part.File, part.Offset, part.Hash, rows, rejected));
        _rows += rows;
        _bytes += part.Bytes;
        _rejected += rejected;
    }

    public void Settle() => progress.Settle(stream, _rows, _bytes);
}

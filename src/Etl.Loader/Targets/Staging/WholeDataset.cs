using Etl.Loader.Survey;

namespace Etl.Loader.Targets.Staging;

/// <summary>All parts of a dataset, for one writing.</summary>
internal sealed class WholeDataset(IDatasetParts parts, IProgress<StageProgress> progress) : IPartSource
{
    private long _bytes;

    public long Rows { get; private set; }

    public ValueTask<DatasetPart?> NextAsync(CancellationToken token) => parts.TakeAsync(token);

    public void Encoded(DatasetPart part, long rows, long position) =>
        progress.Report(new StageProgress(Rows + rows, _bytes + Math.Clamp(position - part.Start, 0, part.Bytes)));

    public void Ended(DatasetPart part, long rows, long rejected)
    {
        Rows += rows;
        _bytes += part.Bytes;
    }
}

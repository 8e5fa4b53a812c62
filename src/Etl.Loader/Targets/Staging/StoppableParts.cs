using Etl.Loader.Survey;

namespace Etl.Loader.Targets.Staging;

/// <summary>Hands out no further part once the load is to wind up: what is being copied is committed, and the next attempt resumes after it.</summary>
internal sealed class StoppableParts(IDatasetParts parts, CancellationToken windUp) : IDatasetParts
{
    private volatile bool _stopped;

    public async ValueTask<DatasetPart?> TakeAsync(CancellationToken token)
    {
        if (await parts.TakeAsync(token) is not { } part)
        {
            return null;
        }

        if (windUp.IsCancellationRequested)
        {
            part.Open().Dispose();
            _stopped = true;
            return null;
        }

        return part;
    }

    /// <summary>Throws <see cref="WoundUpException"/> where a part was left: the dataset is not whole, whatever was counted.</summary>
    public void ThrowIfStopped()
    {
        if (_stopped)
        {
            throw new WoundUpException();
        }
    }

    public ValueTask DisposeAsync() => parts.DisposeAsync();
}

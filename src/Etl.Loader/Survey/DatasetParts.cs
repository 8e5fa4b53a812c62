using System.Collections.Concurrent;

namespace Etl.Loader.Survey;

/// <summary>A part of a dataset, for one thread: a chunk, a part that was read ahead, or a whole file.</summary>
/// <param name="Offset">Where it begins in the file's decoded text; with the file's number it distinguishes parts.</param>
/// <param name="Start">Where it begins in the delivered bytes, for progress.</param>
/// <param name="Bytes">Length in delivered bytes, for progress.</param>
/// <param name="Hash">Shows whether the part is the one that an earlier reading saw: a <see cref="ChunkHash"/>, of a whole file its SHA-256.</param>
/// <param name="Open">To be called once and disposed of, also for a part that is not needed.</param>
internal sealed record DatasetPart(int File, long Offset, long Start, long Bytes, string Hash, Func<IRecordReader> Open);

/// <summary>A part whose rows an earlier attempt has loaded: it is to be recognised, and need not be taken apart.</summary>
/// <param name="Rows">Its records, rejected ones counted.</param>
internal readonly record struct LoadedPart(int File, long Offset, long Rows);

/// <summary>The parts of a dataset, each handed out once, in order, to whichever thread asks.</summary>
internal interface IDatasetParts : IAsyncDisposable
{
    /// <summary>The next part; null: there is none left. Throws what reading ahead came upon.</summary>
    ValueTask<DatasetPart?> TakeAsync(CancellationToken token);
}

/// <summary>Parts that were known before, each read from its own place in the file.</summary>
internal sealed class ListedParts(IEnumerable<DatasetPart> parts) : IDatasetParts
{
    private readonly ConcurrentQueue<DatasetPart> _parts = new(parts);

    public ValueTask<DatasetPart?> TakeAsync(CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        return ValueTask.FromResult(_parts.TryDequeue(out var part) ? part : null);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

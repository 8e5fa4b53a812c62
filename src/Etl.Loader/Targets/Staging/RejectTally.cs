namespace Etl.Loader.Targets.Staging;

/// <summary>Counts the records of a load that are left aside, over all its streams, and ends the load when they are too many.</summary>
internal sealed class RejectTally(long max)
{
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public long Max => max;

    /// <summary>Counts what is already recorded in the target for chunks that an earlier attempt committed.</summary>
    public void AddEarlier(long count) => Interlocked.Add(ref _count, count);

    /// <summary>Counts one more; false when there are now more than allowed.</summary>
    public bool TryCount() => Interlocked.Increment(ref _count) <= max;
}

namespace Etl.Loader.Inboxes.Watching;

/// <summary>When something that repeats is due again: after its interval, or later where it takes long itself.</summary>
internal sealed class Cadence(TimeSpan interval, TimeProvider time)
{
    private long _ended;
    private TimeSpan _pause = TimeSpan.Zero;

    public bool IsDue => Left <= TimeSpan.Zero;

    public TimeSpan Left => _pause == TimeSpan.Zero ? TimeSpan.Zero : _pause - time.GetElapsedTime(_ended);

    public void Now() => _pause = TimeSpan.Zero;

    /// <summary>Counts as done when disposed; the next is due when <paramref name="share"/> times its duration has passed, at the least.</summary>
    public Turn Begin(int share) => new(this, time.GetTimestamp(), share);

    private void End(long began, int share)
    {
        _ended = time.GetTimestamp();
        var least = time.GetElapsedTime(began, _ended) * share;
        _pause = least > interval ? least : interval;
    }

    internal readonly struct Turn(Cadence cadence, long began, int share) : IDisposable
    {
        public void Dispose() => cadence.End(began, share);
    }
}

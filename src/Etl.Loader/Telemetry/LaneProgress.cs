namespace Etl.Loader.Telemetry;

/// <summary>Since when lanes that have something to do have made no progress, as seen by the caller.</summary>
internal sealed class LaneProgress(TimeProvider time)
{
    private readonly Dictionary<string, (string Progress, long Since)> _seen = new(StringComparer.Ordinal);

    /// <summary>Zero: it gets on, has nothing to run now, or is paused by people.</summary>
    public TimeSpan StandsFor(LaneFigures lane)
    {
        if (lane.Due == 0 || lane.Paused)
        {
            _seen.Remove(lane.Target);
            return TimeSpan.Zero;
        }

        if (!_seen.TryGetValue(lane.Target, out var last) || last.Progress != lane.Progress)
        {
            _seen[lane.Target] = (lane.Progress, time.GetTimestamp());
            return TimeSpan.Zero;
        }

        return time.GetElapsedTime(last.Since);
    }
}

using System.Diagnostics;

namespace Etl.Loader.Benchmarks.Source;

/// <summary>Hands out bytes at a rate, to all readers together, as a slow link does.</summary>
/// <param name="bytesPerSecond">The rate.</param>
internal sealed class Throttle(double bytesPerSecond)
{
    private readonly Lock _lock = new();
    private long _free = Stopwatch.GetTimestamp();

    /// <summary>Returns when the bytes have come through, or at once when the token fires.</summary>
    public void Pass(int bytes, CancellationToken token)
    {
        TimeSpan wait;
        lock (_lock)
        {
            // Time in which no one read is lost, as on a link.
            _free = Math.Max(_free, Stopwatch.GetTimestamp()) + (long)(bytes / bytesPerSecond * Stopwatch.Frequency);
            wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), _free);
        }

        if (wait > TimeSpan.Zero)
        {
            token.WaitHandle.WaitOne(wait);
        }
    }
}

using System.Collections.Concurrent;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>
/// One reading for all who look: anyone who asks within a while of a reading gets that one, and who asks while it is made waits for it. Ten open tabs
/// cost what one does.
/// </summary>
/// <param name="fresh">How old a reading may be when it is handed out.</param>
internal sealed class SharedReading<TKey, T>(TimeSpan fresh, TimeProvider time)
    where TKey : notnull
{
    private const int MostKept = 200;
    private readonly ConcurrentDictionary<TKey, (long ReadAt, Lazy<Task<T>> Reading)> _readings = new();

    /// <param name="read">Runs for all who wait and is not ended when one of them goes away.</param>
    public Task<T> GetAsync(TKey key, Func<CancellationToken, Task<T>> read, CancellationToken token)
    {
        var now = time.GetTimestamp();
        if (_readings.Count > MostKept)
        {
            _readings.Clear();
        }

        var kept = _readings.AddOrUpdate(
            key,
            _ => New(),
            (_, before) => IsUsable(before, now) ? before : New());
        return kept.Reading.Value.WaitAsync(token);

        (long, Lazy<Task<T>>) New() => (now, new Lazy<Task<T>>(() => read(CancellationToken.None)));
    }

    /// <summary>What was read before is not to be shown any more: something was done.</summary>
    public void Forget() => _readings.Clear();

    private bool IsUsable((long ReadAt, Lazy<Task<T>> Reading) before, long now) =>
        before.Reading is not { IsValueCreated: true, Value: { IsFaulted: true } or { IsCanceled: true } }
        && (before.Reading is not { IsValueCreated: true, Value.IsCompleted: true } || time.GetElapsedTime(before.ReadAt, now) < fresh);
}

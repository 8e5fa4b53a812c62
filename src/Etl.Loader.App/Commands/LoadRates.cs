using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary>How fast running loads are, by what was seen of them in the last seconds.</summary>
internal sealed class LoadRates(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private readonly Dictionary<LoadId, Queue<Sample>> _samples = [];

    public void Note(IReadOnlyList<LoadSummary> active)
    {
        var at = time.GetTimestamp();
        foreach (var gone in _samples.Keys.Except(active.Select(l => l.LoadId)).ToArray())
        {
            _samples.Remove(gone);
        }

        foreach (var load in active)
        {
            var samples = _samples.TryGetValue(load.LoadId, out var kept) ? kept : _samples[load.LoadId] = new Queue<Sample>();
            if (samples.Count > 0 && (samples.Last().Stage != load.Stage || samples.Last().Bytes > load.BytesDone))
            {
                // Each stage reads the file from its beginning.
                samples.Clear();
            }

            samples.Enqueue(new Sample(at, load.Stage, load.RowsLoaded ?? 0, load.BytesDone));
            while (samples.Count > 2 && time.GetElapsedTime(samples.Peek().At, at) > Window)
            {
                samples.Dequeue();
            }
        }
    }

    /// <summary>Rows and bytes a second; null: not known yet.</summary>
    public (double Rows, double Bytes)? Of(LoadId load)
    {
        if (!_samples.TryGetValue(load, out var samples) || samples.Count < 2)
        {
            return null;
        }

        var (first, last) = (samples.Peek(), samples.Last());
        var seconds = time.GetElapsedTime(first.At, last.At).TotalSeconds;
        return seconds <= 0 ? null : ((last.Rows - first.Rows) / seconds, (last.Bytes - first.Bytes) / seconds);
    }

    private sealed record Sample(long At, LoadStage Stage, long Rows, long Bytes);
}

namespace Etl.Loader.Targets.Staging;

/// <summary>
/// Adds up what several streams report. A stream's rows and bytes rise within its transaction and are settled when that is committed.
/// </summary>
/// <param name="rows">Rows that an earlier attempt has left.</param>
internal sealed class StreamsProgress(int streams, long rows, IProgress<StageProgress> progress)
{
    private readonly Lock _gate = new();
    private readonly (long Rows, long Bytes)[] _running = new (long, long)[streams];
    private long _rows = rows;
    private long _bytes;

    public void Report(int stream, long rows, long bytes)
    {
        StageProgress sum;
        lock (_gate)
        {
            _running[stream] = (rows, bytes);
            sum = new StageProgress(_rows + _running.Sum(r => r.Rows), _bytes + _running.Sum(r => r.Bytes));
        }

        progress.Report(sum);
    }

    public void Settle(int stream, long rows, long bytes)
    {
        lock (_gate)
        {
            _rows += rows;
            _bytes += bytes;
            _running[stream] = default;
        }
    }

    /// <summary>Bytes of a part whose rows an earlier attempt has left.</summary>
    public void Found(long bytes)
    {
        lock (_gate)
        {
            _bytes += bytes;
        }
    }
}

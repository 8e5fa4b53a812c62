namespace Etl.Loader.Targets.PostgreSql.Staging;

/// <summary>Adds up what several streams report. A stream's rows and bytes rise within its part and are settled when the part is committed.</summary>
internal sealed class StreamsProgress(int streams, long rows, long bytes, IProgress<StageProgress> progress)
{
    private readonly Lock _gate = new();
    private readonly (long Rows, long Bytes)[] _running = new (long, long)[streams];
    private long _rows = rows;
    private long _bytes = bytes;

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
}

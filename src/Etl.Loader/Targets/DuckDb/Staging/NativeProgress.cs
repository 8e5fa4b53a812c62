using Etl.Loader.Survey;
using Etl.Loader.Targets.Staging;

namespace Etl.Loader.Targets.DuckDb.Staging;

/// <summary>Asks a running statement twice a second how far it is.</summary>
internal sealed class NativeProgress : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly Session _session;
    private readonly DatasetPart _part;
    private readonly long _rows;
    private readonly IPartSource _source;
    private readonly Lock _asking = new();
    private readonly ITimer _timer;
    private bool _over;

    /// <param name="part">What the statement reads.</param>
    /// <param name="rows">The part's.</param>
    /// <param name="source">Is notified.</param>
    public NativeProgress(Session session, DatasetPart part, long rows, IPartSource source, TimeProvider time)
    {
        (_session, _part, _rows, _source) = (session, part, rows, source);
        _timer = time.CreateTimer(_ => Ask(), null, Interval, Interval);
    }

    /// <summary>Returns after a question that is under way, since the connection may be closed afterwards.</summary>
    public void Dispose()
    {
        lock (_asking)
        {
            _over = true;
        }

        _timer.Dispose();
    }

    private void Ask()
    {
        lock (_asking)
        {
            if (!_over && _session.ProgressPercent() is var percent and > 0 and <= 100)
            {
                _source.Encoded(_part, (long)(_rows * percent / 100), _part.Start + (long)(_part.Bytes * percent / 100));
            }
        }
    }
}

using Etl.Loader.Survey;
using Etl.Loader.Targets.DuckDb.Files;

namespace Etl.Loader.Targets.DuckDb.Staging;

/// <summary>Asks a running statement twice a second how far it is.</summary>
internal sealed class NativeProgress : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly DuckDbSession _session;
    private readonly DatasetSurvey _survey;
    private readonly IProgress<StageProgress> _progress;
    private readonly Lock _asking = new();
    private readonly ITimer _timer;
    private bool _over;

    public NativeProgress(DuckDbSession session, DatasetSurvey survey, IProgress<StageProgress> progress, TimeProvider time)
    {
        (_session, _survey, _progress) = (session, survey, progress);
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
                _progress.Report(new StageProgress((long)(_survey.Rows * percent / 100), (long)(_survey.Bytes * percent / 100)));
            }
        }
    }
}

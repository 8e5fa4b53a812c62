using Etl.Loader.Survey;
using Etl.Loader.Targets.DuckDb.Files;

namespace Etl.Loader.Targets.DuckDb.Staging;

/// <summary>Asks a running statement twice a second how far it is.</summary>
internal sealed class NativeProgress : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly DuckDbSession _session;
    private readonly FileSurvey _file;
    private readonly StageProgress _before;
    private readonly IProgress<StageProgress> _progress;
    private readonly Lock _asking = new();
    private readonly ITimer _timer;
    private bool _over;

    /// <param name="file">The file that the statement reads; those before it count as read.</param>
    public NativeProgress(DuckDbSession session, DatasetSurvey survey, int file, IProgress<StageProgress> progress, TimeProvider time)
    {
        (_session, _file, _progress) = (session, survey.Files[file], progress);
        _before = new StageProgress(survey.Files.Take(file).Sum(f => f.Rows), survey.Files.Take(file).Sum(f => f.Bytes));
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
                _progress.Report(new StageProgress(
                    _before.Rows + (long)(_file.Rows * percent / 100), _before.BytesRead + (long)(_file.Bytes * percent / 100)));
            }
        }
    }
}

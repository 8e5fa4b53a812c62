using System.Diagnostics;

namespace Etl.Loader.Telemetry;

/// <summary>Times the stages of one attempt, one after the other, and spans them.</summary>
/// <param name="attempt">The attempt's span; null while no one traces.</param>
internal sealed class StageMeasure(string target, Activity? attempt, TimeProvider time)
{
    private string? _stage;
    private long _began;
    private Activity? _span;

    /// <summary>Ends the stage under way and begins another one; null: none.</summary>
    public void Enter(string? stage)
    {
        if (_stage is not null)
        {
            LoaderMeter.StageEnded(target, _stage, time.GetElapsedTime(_began));
            _span?.Dispose();
        }

        (_stage, _began) = (stage, time.GetTimestamp());
        _span = stage is null ? null : LoaderTraces.Stage(stage, attempt);
    }

    /// <summary>Ends the stage under way by a fault.</summary>
    public void Fail(string reason)
    {
        _span?.SetStatus(ActivityStatusCode.Error, reason);
        Enter(null);
    }
}

using System.Diagnostics;
using Etl.Loader.Ledger;
using Etl.Loader.Telemetry;

namespace Etl.Loader.Loads;

/// <summary>What one attempt leaves in metrics and traces.</summary>
internal sealed class AttemptMeasure : IDisposable
{
    private readonly LoadRecord _load;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly Activity? _span;

    public AttemptMeasure(LoadRecord load, TimeProvider time)
    {
        (_load, _time, _began) = (load, time, time.GetTimestamp());
        _span = LoaderTraces.Attempt(load.Spec.TraceParent, load.Id.ToString(), load.Spec.Dataset, load.Spec.Target);
        Stages = new StageMeasure(load.Spec.Target, _span, time);
    }

    public StageMeasure Stages { get; }

    public void End(AttemptEnd end)
    {
        Stages.Enter(null);
        if (end.Outcome is not { } outcome)
        {
            return;
        }

        var whole = outcome is AttemptOutcome.Loaded or AttemptOutcome.Failed or AttemptOutcome.Cancelled or AttemptOutcome.Superseded
            ? _time.GetUtcNow() - _load.AcceptedAt
            : (TimeSpan?)null;
        LoaderMeter.AttemptEnded(_load.Spec.Target, outcome.Word(), _time.GetElapsedTime(_began), whole);
        _span?.SetTag("etl_loader.outcome", outcome.Word());
        if (end is AttemptEnd.Loaded { Receipt: var receipt })
        {
            LoaderMeter.LoadPublished(_load.Spec.Target, receipt.RowsLoaded, receipt.RowsRejected, receipt.Bytes);
            _span?.SetTag("etl_loader.table", receipt.TableName).SetTag("etl_loader.rows", receipt.RowsLoaded);
        }

        if (outcome is AttemptOutcome.Failed or AttemptOutcome.Retry)
        {
            _span?.SetStatus(ActivityStatusCode.Error, end.Message);
        }
    }

    public void Dispose()
    {
        Stages.Enter(null);
        _span?.Dispose();
    }
}

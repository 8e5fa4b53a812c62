using System.Diagnostics;
using Etl.Loader.Ledger;
using Etl.Loader.Telemetry;

namespace Etl.Loader.Queue.Jobs;

/// <summary>What the acceptance of a batch leaves in metrics and traces: each load gets a trace of its own, which its attempts join.</summary>
internal sealed class AcceptMeasure : IDisposable
{
    private readonly Activity?[] _spans;

    public AcceptMeasure(NewLoad[] batch)
    {
        _spans = LoaderTraces.On ? [.. batch.Select(l => LoaderTraces.Accept(l.Id.ToString(), l.Spec.Inbox, l.Spec.Dataset, l.Spec.Target))] : [];
        Loads = [.. batch.Select((l, i) => l with { Spec = l.Spec with { TraceParent = _spans.Length == 0 ? null : _spans[i]?.Id } })];
    }

    /// <summary>The batch, each with the context of its trace.</summary>
    public NewLoad[] Loads { get; }

    /// <param name="inserted">Those that were not known before.</param>
    public void Accepted(IReadOnlyDictionary<LoadId, LoadStatus> inserted)
    {
        for (var i = 0; i < Loads.Length; i++)
        {
            if (inserted.TryGetValue(Loads[i].Id, out var status))
            {
                LoaderMeter.LoadAccepted(Loads[i].Spec.Inbox, Loads[i].Spec.Target, status == LoadStatus.Failed);
            }
            else if (_spans.Length > 0 && _spans[i] is { } span)
            {
                // Accepted before, under another span: this one is not to be seen.
                span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            }
        }
    }

    public void Dispose()
    {
        var around = Activity.Current;
        foreach (var span in _spans)
        {
            span?.Dispose();
        }

        Activity.Current = around;
    }
}

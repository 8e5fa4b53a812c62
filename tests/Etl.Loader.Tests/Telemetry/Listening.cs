using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Etl.Loader.Telemetry;

namespace Etl.Loader.Tests.Telemetry;

/// <summary>Hears what the product measures and spans; other tests run beside it, so that each asks for its own target.</summary>
internal sealed class Listening : IDisposable
{
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;
    private readonly ConcurrentQueue<(string Instrument, double Value, string Tags)> _heard = new();
    private readonly ConcurrentQueue<Activity> _spans = new();

    public Listening()
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == LoaderMeter.Name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>((i, value, tags, _) => Keep(i, value, tags));
        _meters.SetMeasurementEventCallback<int>((i, value, tags, _) => Keep(i, value, tags));
        _meters.SetMeasurementEventCallback<double>((i, value, tags, _) => Keep(i, value, tags));
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == LoaderMeter.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_activities);
    }

    /// <summary>Asks the observable instruments.</summary>
    public void Observe() => _meters.RecordObservableInstruments();

    /// <summary>The values of an instrument whose tags, as <c>key=value</c> in order of keys, begin so.</summary>
    public IReadOnlyList<double> Of(string instrument, string tags = "") =>
        [.. _heard.Where(h => h.Instrument == instrument && h.Tags.Contains(tags, StringComparison.Ordinal)).Select(h => h.Value)];

    public IReadOnlyList<Activity> Spans(string load) => [.. _spans.Where(s => s.GetTagItem("etl_loader.load.id") as string == load)];

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
    }

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => _heard.Enqueue(
        (instrument.Name, value, string.Join(' ', tags.ToArray().OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key}={t.Value}"))));
}

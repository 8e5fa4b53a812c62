using System.Diagnostics.Metrics;

namespace Etl.Loader.Telemetry;

/// <summary>
/// How the installation stands, as gauges over <see cref="FigureReading"/>. Every process of an installation shows the same: take the maximum over
/// processes, not their sum.
/// </summary>
internal sealed class FigureGauges : IDisposable
{
    private readonly Meter _meter = new(LoaderMeter.Name);
    private readonly FigureReading _reading;

    public FigureGauges(FigureReading reading)
    {
        _reading = reading;
        Lanes("etl_loader.queue.loads", "{load}", "Loads that wait, retries included.", l => l.Loads);
        Lanes("etl_loader.queue.size", "By", "Bytes of the loads that wait.", l => l.Bytes);
        Lanes("etl_loader.queue.oldest_age", "s", "Age of the oldest load without outcome since its acceptance; 0: none.", l => l.OldestAge.TotalSeconds);
        _meter.CreateObservableGauge(
            "etl_loader.lane.standstill",
            () => _reading.Look()?.Stands.Select(s => new Measurement<double>(s.Value.TotalSeconds, new KeyValuePair<string, object?>("target", s.Key))) ?? [],
            "s",
            "How long a lane with loads to run has made no progress, as seen by this process; 0: it makes progress, is idle or is paused.");
        Lanes("etl_loader.lane.held", "{lane}", "1 while a process serves the lane.", l => l.Held ? 1 : 0);
        Lanes("etl_loader.lane.silence", "s", "Time since the last heartbeat of a holder that no longer serves the lane; 0: it serves the lane, or no process holds it.", l => l.Silence.TotalSeconds);
        Lanes("etl_loader.lane.paused", "{lane}", "1 while the lane is paused by an operator.", l => l.Paused ? 1 : 0);
        Lanes("etl_loader.lane.waiting", "{lane}", "1 while the lane waits for an outage.", l => l.Waits ? 1 : 0);
        Inboxes("etl_loader.inbox.watchers", "{watcher}", "Watchers that see the inbox now.", i => i.Watching);
        Inboxes("etl_loader.inbox.silence", "s", "Time since the last report of any watcher.", i => i.Silent.TotalSeconds);
        Inboxes("etl_loader.inbox.lag", "s", "Age of the oldest trigger that is not accepted yet; 0: none waits.", i => i.Lag.TotalSeconds);
        _meter.CreateObservableGauge("etl_loader.tables.late", Late, "{table}", "Deliveries that are due and have not arrived.");
        _meter.CreateObservableGauge(
            "etl_loader.notifications.waiting",
            () => Each(f => f.Webhooks, "webhook", w => w.Webhook, w => (double)w.Waiting),
            "{notification}",
            "Notifications that a webhook has not taken yet.");
        _meter.CreateObservableGauge("etl_loader.figures.age", Age, "s", "Age of these gauges: how long ago the queue database was asked.");
    }

    public void Dispose() => _meter.Dispose();

    private void Lanes(string name, string unit, string description, Func<LaneFigures, double> value) =>
        _meter.CreateObservableGauge(name, () => Each(f => f.Lanes, "target", l => l.Target, value), unit, description);

    private void Inboxes(string name, string unit, string description, Func<InboxFigures, double> value) =>
        _meter.CreateObservableGauge(name, () => Each(f => f.Inboxes, "inbox", i => i.Inbox, value), unit, description);

    private IEnumerable<Measurement<double>> Each<T>(Func<Figures, IReadOnlyList<T>> part, string tag, Func<T, string> name, Func<T, double> value) =>
        _reading.Look() is { } seen
            ? part(seen.Figures).Select(item => new Measurement<double>(value(item), new KeyValuePair<string, object?>(tag, name(item))))
            : [];

    private IEnumerable<Measurement<int>> Late() => _reading.Look() is { Late: { } late } ? [new Measurement<int>(late)] : [];

    private IEnumerable<Measurement<double>> Age() => _reading.Look() is { } seen ? [new Measurement<double>(seen.Age.TotalSeconds)] : [];
}

using System.Globalization;
using Etl.Loader.Inboxes.Due;
using Etl.Loader.Ledger;
using Etl.Loader.Telemetry;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Notifications;

/// <summary>Notices what no load reports: lanes that have stalled and deliveries that are late. Of several processes the first reports it.</summary>
internal sealed class Watchdog(
    IReadFigures figures, ILateDeliveries? late, OutboxLedger outbox, NotificationOptions options, TimeProvider time, ILogger logger)
{
    private readonly LaneProgress _progress = new(time);

    /// <summary>Once for each stall: what the lane had done by then names it.</summary>
    public async Task LookAtLanesAsync(CancellationToken token)
    {
        foreach (var lane in (await figures.ReadAsync(token)).Lanes)
        {
            var stands = _progress.StandsFor(lane);
            if (stands >= options.StalledAfter
                && await outbox.ReportOnceAsync(
                    NotificationEvents.LaneStalled,
                    $"{NotificationEvents.LaneStalled} {lane.Target} {lane.Progress}",
                    NotificationBody.Details(lane, stands.TotalSeconds),
                    token))
            {
                Log.Stalled(logger, lane.Target, lane.Loads, stands);
            }
        }
    }

    /// <summary>Once for each moment at which a delivery was due and missed.</summary>
    public async Task LookAtDeliveriesAsync(CancellationToken token)
    {
        foreach (var missed in late is null ? [] : await late.ListAsync(token))
        {
            var once = string.Create(CultureInfo.InvariantCulture, $"{NotificationEvents.Late} {missed.DueAt.UtcDateTime:O} {missed.Inbox} {missed.Match}");
            if (await outbox.ReportOnceAsync(NotificationEvents.Late, once, NotificationBody.Details(missed), token))
            {
                Log.Late(logger, missed.Inbox, missed.Match, missed.DueAt);
            }
        }
    }
}

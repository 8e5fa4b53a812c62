using Etl.Loader.Ledger;
using Etl.Loader.Telemetry;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Notifications;

/// <summary>
/// Sends one webhook what is due, one notification after the other. Any number of processes may do so: a notification is claimed before it is sent. A
/// sender that dies after the receiver's answer leaves it to be sent again, under the same id.
/// </summary>
internal sealed class WebhookSender(Webhook webhook, OutboxLedger outbox, NotificationOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>So many failures in a row, of whatever notifications, mean that the receiver is away.</summary>
    private const int AwayAfter = 3;
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);
    private int _failures;

    /// <summary>One notification at most. Returns how long to rest before the next; null: nothing is due.</summary>
    public async Task<TimeSpan?> RunOnceAsync(CancellationToken token)
    {
        if (await outbox.ClaimAsync(webhook.Name, webhook.Timeout + TimeSpan.FromMinutes(1), token) is not { } claimed)
        {
            return null;
        }

        if (await webhook.PostAsync(claimed, token) is { } problem)
        {
            await FailAsync(claimed, problem, token);
            return TimeSpan.FromSeconds(Math.Min(LongestRest.TotalSeconds, Math.Pow(2, _failures - 1)));
        }

        await outbox.DeliveredAsync(claimed, webhook.Name, token);
        LoaderMeter.Notified(webhook.Name, "delivered");
        Log.Delivered(logger, claimed.Event, claimed.Id, webhook.Name);
        if (_failures >= AwayAfter)
        {
            await outbox.HurryAsync(webhook.Name, token);
        }

        _failures = 0;
        return TimeSpan.Zero;
    }

    /// <summary>5 s, doubled with each try up to an hour, and up to a fifth more, so that many do not come at once.</summary>
    internal static TimeSpan Pause(int attempt, double chance) =>
        TimeSpan.FromSeconds(Math.Min(3600, 5 * Math.Pow(2, Math.Min(attempt - 1, 20))) * (1 + (chance / 5)));

    private async Task FailAsync(Claimed claimed, string problem, CancellationToken token)
    {
        _failures++;
        var pause = Pause(claimed.Attempt, Random.Shared.NextDouble());
        var givenUp = await outbox.FailedAsync(claimed, webhook.Name, problem, pause, options.GiveUpAfter, token);
        LoaderMeter.Notified(webhook.Name, givenUp ? "given_up" : "failed");
        if (givenUp)
        {
            Log.GivenUp(logger, claimed.Event, claimed.Id, webhook.Name, claimed.Attempt, problem);
        }
        else
        {
            Log.NotDelivered(logger, claimed.Event, claimed.Id, webhook.Name, claimed.Attempt, time.GetUtcNow() + pause, problem);
        }
    }
}

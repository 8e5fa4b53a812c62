using Etl.Loader.Ledger;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Notifications;

/// <summary>
/// Sends to the configured webhooks what the outbox holds. One loop spreads and watches, and each webhook has a loop of its own: a receiver that does not answer
/// keeps no other waiting, and no load at all.
/// </summary>
internal sealed class Notifier(
    OutboxLedger outbox, Watchdog watchdog, IReadOnlyList<Webhook> webhooks, NotificationOptions options, TimeProvider time, ILogger<Notifier> logger)
    : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LaneInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LateInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TidyInterval = TimeSpan.FromMinutes(10);

    /// <summary>A process that has no webhook leaves events so long to one that may have some: configuration changes one process after the other.</summary>
    private static readonly TimeSpan Deference = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, long> _done = new(StringComparer.Ordinal);

    public override void Dispose()
    {
        foreach (var webhook in webhooks)
        {
            webhook.Dispose();
        }

        base.Dispose();
    }

    /// <summary>One round of all but sending.</summary>
    internal async Task RunOnceAsync(CancellationToken token)
    {
        while (await outbox.SpreadAsync(Decide, webhooks.Count == 0 ? Deference : TimeSpan.Zero, options.GiveUpAfter, token) > 0)
        {
        }

        if (webhooks.Count > 0)
        {
            await WhenDueAsync("lanes", LaneInterval, () => watchdog.LookAtLanesAsync(token));
            await WhenDueAsync("late", LateInterval, () => watchdog.LookAtDeliveriesAsync(token));
            await WhenDueAsync("close", LaneInterval, () => outbox.CloseAsync(token));
        }

        await WhenDueAsync("tidy", TidyInterval, () => outbox.TidyAsync(options.GiveUpAfter, options.Retention, token));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var loops = webhooks
            .Select(webhook => new WebhookSender(webhook, outbox, options, time, logger))
            .Select(sender => TurnAsync(sender.RunOnceAsync, stoppingToken))
            .Prepend(TurnAsync(RoundAsync, stoppingToken));
        return Task.WhenAll(loops);
    }

    private async Task<TimeSpan?> RoundAsync(CancellationToken token)
    {
        await RunOnceAsync(token);
        return webhooks.Count == 0 ? LateInterval : null;
    }

    private Spread Decide(OutboxEvent reported)
    {
        var wanted = webhooks.Where(w => w.Wants(reported.Event)).Select(w => w.Name).ToList();
        return new Spread(wanted.Count == 0 ? null : NotificationBody.Of(reported), wanted);
    }

    /// <summary>Again and again, with the pause that the last turn asked for. A queue database that is away is waited for.</summary>
    private async Task TurnAsync(Func<CancellationToken, Task<TimeSpan?>> turn, CancellationToken token)
    {
        await Task.Yield();
        while (!token.IsCancellationRequested)
        {
            TimeSpan? pause = null;
            try
            {
                pause = await turn(token);
            }
            catch (Exception fault) when (!token.IsCancellationRequested)
            {
                Log.RoundFailed(logger, fault.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(pause ?? Poll, time, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WhenDueAsync(string what, TimeSpan interval, Func<Task> work)
    {
        if (!_done.TryGetValue(what, out var last) || time.GetElapsedTime(last) >= interval)
        {
            await work();
            _done[what] = time.GetTimestamp();
        }
    }
}

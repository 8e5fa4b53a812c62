using Etl.Loader.Inboxes.Due;
using Etl.Loader.IntegrationTests.Queue;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Notifications;
using Etl.Loader.Queue.Actions;
using Etl.Loader.Telemetry;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.IntegrationTests.Notifications;

/// <summary>A queue database with loads that end, and processes that report.</summary>
internal sealed class NotifierStage(QueueStage queue) : IAsyncDisposable
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private readonly List<Notifier> _notifiers = [];

    public QueueStage Queue => queue;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<NotifierStage> OpenAsync(PostgresServer server) => new(await QueueStage.OpenAsync(server));

    /// <summary>A process with these webhooks.</summary>
    public async Task<Notifier> StartAsync(Dictionary<string, WebhookOptions> webhooks, Action<NotificationOptions>? configure = null, ILateDeliveries? late = null)
    {
        var notifier = Make(webhooks, configure, late);
        await notifier.StartAsync(Token);
        return notifier;
    }

    public Notifier Make(Dictionary<string, WebhookOptions> webhooks, Action<NotificationOptions>? configure = null, ILateDeliveries? late = null)
    {
        var options = new NotificationOptions();
        configure?.Invoke(options);
        var outbox = new OutboxLedger(queue.Get<QueueDatabase>());
        var logger = queue.Get<ILogger<Notifier>>();
        var watchdog = new Watchdog(queue.Get<IReadFigures>(), late, outbox, options, TimeProvider.System, logger);
        var notifier = new Notifier(
            outbox, watchdog, [.. webhooks.Select(w => new Webhook(w.Key, w.Value, TimeProvider.System))], options, TimeProvider.System, logger);
        _notifiers.Add(notifier);
        return notifier;
    }

    public static WebhookOptions To(Receiver receiver, params string[] events) => new() { Url = receiver.Url, Secret = Secret, Events = [.. events] };

    /// <summary>A load that ends as cancelled, which is the quickest way to an event.</summary>
    public async Task<LoadId> CancelledLoadAsync()
    {
        var load = await queue.AcceptAsync();
        await queue.Get<ILoadActions>().CancelAsync(load, new Actor("operator", null), Token);
        return load;
    }

    /// <summary>Until everything is reported or given up.</summary>
    public Task UntilReportedAsync() => QueueStage.UntilAsync(
        async () => await queue.ScalarAsync<long>("SELECT count(*) FROM etl_loader.outbox AS o WHERE o.spread_at IS NULL OR EXISTS (SELECT FROM etl_loader.deliveries AS d WHERE d.outbox_id = o.id AND d.next_try_at IS NOT NULL)") == 0,
        () => "not everything was told",
        seconds: 60);

    public async ValueTask DisposeAsync()
    {
        foreach (var notifier in _notifiers)
        {
            await notifier.StopAsync(CancellationToken.None);
            notifier.Dispose();
        }

        await queue.DisposeAsync();
    }
}

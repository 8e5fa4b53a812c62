namespace Etl.Loader.Telemetry;

/// <summary>How the installation stands, as gauges and watchdogs need it. All ages are the queue database's own reckoning.</summary>
internal sealed record Figures(
    IReadOnlyList<LaneFigures> Lanes, IReadOnlyList<InboxFigures> Inboxes, IReadOnlyList<WebhookFigures> Webhooks)
{
    public static Figures None { get; } = new([], [], []);
}

/// <param name="Held">Whether a process serves the lane and says so.</param>
/// <param name="Waits">Whether it waits for an outage.</param>
/// <param name="Loads">That wait, retries included; the one that runs is not counted.</param>
/// <param name="Bytes">Of those.</param>
/// <param name="OldestAge">Of the oldest load without outcome since its acceptance; zero: there is none.</param>
/// <param name="Due">Loads that run or could run now: not those that wait for the time of their next attempt, or for an earlier load.</param>
/// <param name="Progress">Changes whenever the lane gets on.</param>
internal sealed record LaneFigures(
    string Target, bool Held, bool Paused, bool Waits, long Loads, long Bytes, TimeSpan OldestAge, long Due, string Progress)
{
    /// <summary>Since the last heartbeat of a holder that no longer serves the lane; zero: it serves it, or no one holds the lane.</summary>
    public TimeSpan Silence { get; init; }
}

/// <param name="Watching">Watchers that see the inbox and have said so lately.</param>
/// <param name="Silent">Since the last report of any watcher.</param>
/// <param name="Lag">Age of the oldest trigger that is not accepted yet; zero: none waits.</param>
internal sealed record InboxFigures(string Inbox, long Watching, TimeSpan Silent, TimeSpan Lag);

/// <param name="Waiting">Notifications that the receiver has not taken yet.</param>
internal sealed record WebhookFigures(string Webhook, long Waiting);

/// <summary>Reads <see cref="Figures"/> with one cheap question to the queue database; throws as any read of it does while it is away.</summary>
internal interface IReadFigures
{
    Task<Figures> ReadAsync(CancellationToken token);
}

/// <summary>How many deliveries are late; throws as <see cref="IReadFigures"/> does.</summary>
internal delegate Task<int> CountLate(CancellationToken token);

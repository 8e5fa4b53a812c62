using Microsoft.Extensions.Logging;

namespace Etl.Loader.Notifications;

internal static partial class Log
{
    [LoggerMessage(1720, LogLevel.Debug, "Notification {Event} ({OutboxId}) delivered to webhook {Webhook}")]
    public static partial void Delivered(ILogger logger, string @event, long outboxId, string webhook);

    [LoggerMessage(1721, LogLevel.Warning, "Notification {Event} ({OutboxId}) not delivered to webhook {Webhook} at attempt {Attempt}; next attempt at {At:u}: {Reason}")]
    public static partial void NotDelivered(ILogger logger, string @event, long outboxId, string webhook, int attempt, DateTimeOffset at, string reason);

    [LoggerMessage(1722, LogLevel.Error, "Notification {Event} ({OutboxId}) given up for webhook {Webhook} at attempt {Attempt}: {Reason}")]
    public static partial void GivenUp(ILogger logger, string @event, long outboxId, string webhook, int attempt, string reason);

    [LoggerMessage(1723, LogLevel.Warning, "Lane {Target} has stalled: there has been no progress for {Stands} (loads that wait: {Loads})")]
    public static partial void Stalled(ILogger logger, string target, long loads, TimeSpan stands);

    [LoggerMessage(1724, LogLevel.Warning, "Inbox {Inbox}: {Match} was due at {Due:u} and has not arrived")]
    public static partial void Late(ILogger logger, string inbox, string match, DateTimeOffset due);

    [LoggerMessage(1725, LogLevel.Debug, "Notifications wait: {Reason}")]
    public static partial void RoundFailed(ILogger logger, string reason);
}

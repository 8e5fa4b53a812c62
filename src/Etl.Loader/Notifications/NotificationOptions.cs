namespace Etl.Loader.Notifications;

/// <summary>What the operator wrote under <c>Loader:Notifications</c>.</summary>
internal sealed class NotificationOptions
{
    public const string Section = "Loader:Notifications";

    /// <summary>By name: who is notified of what.</summary>
    public IDictionary<string, WebhookOptions> Webhooks { get; set; } = new Dictionary<string, WebhookOptions>(StringComparer.Ordinal);

    /// <summary>A lane that has loads to run, is not paused and does not get on for so long has stalled. Above zero; default 15 min.</summary>
    public TimeSpan StalledAfter { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a notification is tried. Above zero; default 3 days.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(3);

    /// <summary>How long it is remembered what was reported. At least a day; default 14 days.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(14);
}

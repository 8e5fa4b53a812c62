using Etl.Loader.Notifications;

namespace Etl.Loader.App.Configuration;

/// <summary>The faults of <c>Loader:Notifications</c>; no message repeats a secret, nor an address, whose path may be one.</summary>
internal static class NotificationCheck
{
    /// <summary>What is forgotten sooner would be reported again.</summary>
    private static readonly TimeSpan LeastRetention = SettingLimits.Day;

    public static IEnumerable<ConfigurationFault> FindFaults(NotificationOptions options) =>
    [
        .. SettingLimits.Time(Key(nameof(options.StalledAfter)), options.StalledAfter, SettingLimits.Shortest, SettingLimits.Century),
        .. SettingLimits.Time(Key(nameof(options.GiveUpAfter)), options.GiveUpAfter, SettingLimits.Shortest, SettingLimits.Century),
        .. SettingLimits.Time(Key(nameof(options.Retention)), options.Retention, LeastRetention, SettingLimits.Century),
        .. options.Webhooks.SelectMany(named => Check(named.Value).Select(fault => new ConfigurationFault(Key($"Webhooks:{named.Key}:{fault.Key}"), fault.Problem))),
    ];

    private static string Key(string option) => $"{NotificationOptions.Section}:{option}";

    private static IEnumerable<(string Key, string Problem)> Check(WebhookOptions webhook)
    {
        if (!WebAddress.Is(webhook.Url))
        {
            yield return (nameof(webhook.Url), webhook.Url.Length == 0 ? "is not set; expected an http or https address" : "is not an http or https address");
        }

        if (!IsKey(webhook.Secret))
        {
            yield return (
                nameof(webhook.Secret),
                $"{(webhook.Secret.Length == 0 ? "is not set" : "is too short, or not base64 after whsec_")}; expected at least {Amounts.Counted(WebhookSignature.LeastBytes, "byte")}: echo whsec_$(openssl rand -base64 32)");
        }

        if (webhook.Timeout < TimeSpan.FromSeconds(1) || webhook.Timeout > TimeSpan.FromMinutes(1))
        {
            yield return (nameof(webhook.Timeout), $"is {webhook.Timeout}; expected 1 s to 1 min");
        }

        foreach (var unknown in webhook.Events.Except(NotificationEvents.All))
        {
            yield return (
                nameof(webhook.Events), $"names '{unknown}'; did you mean {Nearest.To(unknown, NotificationEvents.All)}? Known: {string.Join(", ", NotificationEvents.All)}");
        }
    }

    private static bool IsKey(string secret)
    {
        try
        {
            return WebhookSignature.Key(secret).Length >= WebhookSignature.LeastBytes;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}

using Etl.Loader.Notifications;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Configuration;

/// <summary>The faults of <c>Loader:Notifications</c>; no message repeats a secret, nor an address, whose path may be one.</summary>
internal static class NotificationCheck
{
    public static IEnumerable<ConfigurationFault> FindFaults(IConfigurationSection section, IReadOnlyDictionary<string, WebhookOptions> webhooks)
    {
        foreach (var key in new[] { nameof(NotificationOptions.StalledAfter), nameof(NotificationOptions.GiveUpAfter), nameof(NotificationOptions.Retention) })
        {
            if (section[key] is { Length: > 0 } text && !(TimeSpan.TryParse(text, out var time) && time > TimeSpan.Zero))
            {
                yield return new($"{section.Path}:{key}", $"is '{text}'; needed is a time above zero, such as 00:15:00");
            }
        }

        if (TimeSpan.TryParse(section[nameof(NotificationOptions.Retention)], out var retention) && retention > TimeSpan.Zero && retention < TimeSpan.FromDays(1))
        {
            // What is forgotten sooner would be told once more.
            yield return new($"{section.Path}:{nameof(NotificationOptions.Retention)}", $"is '{retention}'; allowed is 1.00:00:00 (a day) or more");
        }

        foreach (var (name, webhook) in webhooks)
        {
            foreach (var (key, problem) in Check(webhook))
            {
                yield return new($"{section.Path}:Webhooks:{name}:{key}", problem);
            }
        }
    }

    private static IEnumerable<(string Key, string Problem)> Check(WebhookOptions webhook)
    {
        if (!WebAddress.Is(webhook.Url))
        {
            yield return (nameof(webhook.Url), webhook.Url.Length == 0 ? "is not set; needed is an http or https address" : "is no http or https address");
        }

        if (!IsKey(webhook.Secret))
        {
            yield return (
                nameof(webhook.Secret),
                $"{(webhook.Secret.Length == 0 ? "is not set" : "is too short, or no base64 after whsec_")}; needed are {WebhookSignature.LeastBytes} bytes or more: echo whsec_$(openssl rand -base64 32)");
        }

        if (webhook.Timeout < TimeSpan.FromSeconds(1) || webhook.Timeout > TimeSpan.FromMinutes(1))
        {
            yield return (nameof(webhook.Timeout), $"is {webhook.Timeout}; allowed is 1 s to 1 min");
        }

        foreach (var unknown in webhook.Events.Except(NotificationEvents.All))
        {
            yield return (
                nameof(webhook.Events), $"names '{unknown}'; did you mean {Nearest.To(unknown, NotificationEvents.All)}? Known are: {string.Join(", ", NotificationEvents.All)}");
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

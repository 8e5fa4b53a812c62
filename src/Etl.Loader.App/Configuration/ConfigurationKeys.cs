using Etl.Loader.Dashboard.Access;
using Etl.Loader.Inboxes;
using Etl.Loader.Loads;
using Etl.Loader.Notifications;
using Etl.Loader.Queue;
using Etl.Loader.Targets;
using Etl.Loader.Telemetry;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Configuration;

/// <summary>The keys below <c>Loader</c>, so that a misspelt one is an error and not a setting without effect.</summary>
internal static class ConfigurationKeys
{
    private static readonly string[] Sections = ["Targets", "Inboxes", "Lanes", "Lane", "Loads", "Http", "Queue", "Retention", "Telemetry", "Notifications"];
    private static readonly string[] Inbox = [.. Of<InboxOptions>(), "Datasets"];

    public static IEnumerable<ConfigurationFault> Unknown(IConfiguration loader) =>
        Among(loader, Sections)
            .Concat(Among(loader.GetSection("Http"), Of<HttpOptions>()))
            .Concat(loader.GetSection("Http:Users").GetChildren().SelectMany(u => Among(u, Of<UserOptions>())))
            .Concat(loader.GetSection("Http:ApiKeys").GetChildren().SelectMany(k => Among(k, Of<ApiKeyOptions>())))
            .Concat(Among(loader.GetSection("Http:OpenIdConnect"), Of<OpenIdOptions>()))
            .Concat(Among(loader.GetSection("Lane"), Of<LaneOptions>()))
            .Concat(Among(loader.GetSection("Loads"), Of<LoadOptions>()))
            .Concat(Among(loader.GetSection("Retention"), Of<RetentionOptions>()))
            .Concat(Among(loader.GetSection("Telemetry"), ["Metrics", "Otlp"]))
            .Concat(Among(loader.GetSection("Telemetry:Metrics"), Of<MetricsOptions>()))
            .Concat(Among(loader.GetSection("Telemetry:Otlp"), Of<OtlpOptions>()))
            .Concat(Among(loader.GetSection("Notifications"), Of<NotificationOptions>()))
            .Concat(loader.GetSection("Notifications:Webhooks").GetChildren().SelectMany(w => Among(w, Of<WebhookOptions>())))
            .Concat(loader.GetSection("Targets").GetChildren().SelectMany(t => Among(t, Of<TargetOptions>())))
            .Concat(loader.GetSection("Inboxes").GetChildren().SelectMany(i => Among(i, Inbox)));

    /// <summary>What the binder would set.</summary>
    private static string[] Of<T>() => [.. typeof(T).GetProperties().Where(p => p.CanWrite).Select(p => p.Name)];

    private static IEnumerable<ConfigurationFault> Among(IConfiguration section, string[] known) =>
        section.GetChildren()
            .Where(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            .Select(child => new ConfigurationFault(child.Path, $"is no known key; did you mean {Nearest.To(child.Key, known)}? Known are: {string.Join(", ", known)}"));
}

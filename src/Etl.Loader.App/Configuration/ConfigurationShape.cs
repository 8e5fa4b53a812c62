using Etl.Loader.Dashboard.Access;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Notifications;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Targets;
using Etl.Loader.Telemetry;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Configuration;

/// <summary>The sections below <c>Loader</c> and the options that are bound from each: what keys there are, and of what kind their values.</summary>
internal static class ConfigurationShape
{
    /// <summary>Directly below <c>Loader</c>.</summary>
    public static IReadOnlyList<string> Roots { get; } =
        ["Targets", "Inboxes", "Lanes", "Lane", "Loads", "Http", "Queue", "Retention", "Telemetry", "Notifications"];

    private static readonly (string Path, Type Options, bool Named)[] Sections =
    [
        ("Targets", typeof(TargetOptions), true),
        ("Inboxes", typeof(InboxOptions), true),
        ("Lane", typeof(LaneOptions), false),
        ("Loads", typeof(LoadOptions), false),
        ("Queue", typeof(QueueOptions), false),
        ("Retention", typeof(RetentionOptions), false),
        ("Http", typeof(HttpOptions), false),
        ("Http:Users", typeof(UserOptions), true),
        ("Http:ApiKeys", typeof(ApiKeyOptions), true),
        ("Http:OpenIdConnect", typeof(OpenIdOptions), false),
        ("Telemetry:Metrics", typeof(MetricsOptions), false),
        ("Telemetry:Otlp", typeof(OtlpOptions), false),
        ("Notifications", typeof(NotificationOptions), false),
        ("Notifications:Webhooks", typeof(WebhookOptions), true),
    ];

    /// <summary>Every section that is there, those with names one by one, with what it is bound to.</summary>
    public static IEnumerable<(IConfigurationSection Section, Type Options)> Of(IConfiguration loader) => Sections.SelectMany(known =>
    {
        var section = loader.GetSection(known.Path);
        return known.Named ? section.GetChildren().Select(child => (child, known.Options)) : [(section, known.Options)];
    });

    /// <summary>The keys of a section that have a value, or a list of them, with the value's type. <c>Datasets</c> has rules of its own.</summary>
    public static IReadOnlyDictionary<string, Type?> Keys(Type options)
    {
        var keys = options.GetProperties().Where(p => p.CanWrite).ToDictionary(p => p.Name, Type? (p) => p.PropertyType, StringComparer.OrdinalIgnoreCase);
        if (options == typeof(InboxOptions))
        {
            keys["Datasets"] = null;
        }

        if (options == typeof(QueueOptions))
        {
            keys.Remove(nameof(QueueOptions.ConnectionString));
        }

        return keys;
    }
}

using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Notifications;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Targets;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Configuration;

/// <summary>Finds every fault of the configuration at once.</summary>
internal static class ConfigurationCheck
{
    /// <summary>Throws <see cref="LoaderException"/> that lists all faults.</summary>
    public static void ThrowIfFaulty(IConfiguration configuration)
    {
        var faults = FindFaults(configuration);
        if (faults.Count > 0)
        {
            throw new LoaderException(
                $"The configuration has {Amounts.Counted(faults.Count, "fault")}:{string.Concat(faults.Select(f => "\n  " + f))}",
                "Correct them in appsettings.json, in the environment (Loader__Http__Port), in the secret files or in --set.");
        }
    }

    public static IReadOnlyList<ConfigurationFault> FindFaults(IConfiguration configuration)
    {
        var loader = configuration.GetSection(LoaderOptions.Section);
        var unreadable = ConfigurationShape.Of(loader).SelectMany(known => SettingText.FindFaults(known.Section, known.Options))
            .Concat(SettingText.OfList(loader.GetSection("Lanes"), typeof(string)))
            .ToList();
        return [.. ConfigurationKeys.Unknown(loader), .. unreadable, .. FindFaultsOfValues(Without(configuration, unreadable))];
    }

    /// <summary>What a value of the right type may not be, on its own or beside others.</summary>
    private static IEnumerable<ConfigurationFault> FindFaultsOfValues(IConfiguration configuration)
    {
        var loader = configuration.GetSection(LoaderOptions.Section);
        var options = new LoaderOptions { Targets = Named<TargetOptions>(loader, "Targets"), Inboxes = Named<InboxOptions>(loader, "Inboxes") };
        InboxServiceCollectionExtensions.ReadRules(options, configuration);
        return
        [
            .. ConnectionStringCheck.FindFaults(QueueOptions.Key, configuration.GetConnectionString("Queue")),
            .. TargetOptionsValidator.FindFaults(options),
            .. InboxOptionsValidator.FindFaults(options),
            .. LaneListCheck.FindFaults(loader.GetSection("Lanes"), [.. options.Targets.Keys]),
            .. LaneOptionsValidator.FindFaults(loader.GetSection("Lane").Get<LaneOptions>() ?? new()),
            .. LoadOptionsValidator.FindFaults(loader.GetSection("Loads").Get<LoadOptions>() ?? new()),
            .. RetentionOptionsValidator.FindFaults(loader.GetSection("Retention").Get<RetentionOptions>() ?? new()),
            .. HttpCheck.FindFaults(loader.GetSection("Http")),
            .. TelemetryCheck.FindFaults(configuration),
            .. LogLevelCheck.FindFaults(configuration.GetSection("Logging")),
            .. NotificationCheck.FindFaults(loader.GetSection("Notifications").Get<NotificationOptions>() ?? new()),
        ];
    }

    /// <summary>So that one value that is none does not hide the faults of all others.</summary>
    private static IConfiguration Without(IConfiguration configuration, List<ConfigurationFault> unreadable) =>
        unreadable.Count == 0
            ? configuration
            : new ConfigurationBuilder().AddInMemoryCollection(configuration.AsEnumerable().Where(setting => !unreadable.Any(fault => IsAt(setting.Key, fault.Key)))).Build();

    private static bool IsAt(string key, string path) =>
        key.StartsWith(path, StringComparison.OrdinalIgnoreCase) && (key.Length == path.Length || key[path.Length] == ':');

    private static Dictionary<string, T> Named<T>(IConfigurationSection loader, string section)
        where T : class, new() =>
        loader.GetSection(section).GetChildren().ToDictionary(child => child.Key, child => child.Get<T>() ?? new T(), StringComparer.Ordinal);
}

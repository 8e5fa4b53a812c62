using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Notifications;
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
                $"The configuration has {faults.Count} fault{(faults.Count == 1 ? "" : "s")}:{string.Concat(faults.Select(f => "\n  " + f))}",
                "Correct them in appsettings.json, in the environment (Loader__Http__Port), in the secret files or in --set.");
        }
    }

    public static IReadOnlyList<ConfigurationFault> FindFaults(IConfiguration configuration)
    {
        var loader = configuration.GetSection(LoaderOptions.Section);
        var faults = ConfigurationKeys.Unknown(loader).ToList();
        faults.AddRange(ConnectionStringCheck.FindFaults("ConnectionStrings:Queue", configuration.GetConnectionString("Queue")));
        var options = new LoaderOptions
        {
            Targets = Bind<TargetOptions>(loader.GetSection("Targets"), faults),
            Inboxes = Bind<InboxOptions>(loader.GetSection("Inboxes"), faults),
        };
        InboxServiceCollectionExtensions.ReadRules(options, configuration);
        faults.AddRange(TargetOptionsValidator.FindFaults(options));
        faults.AddRange(InboxOptionsValidator.FindFaults(options));
        faults.AddRange(HttpCheck.FindFaults(loader.GetSection("Http")));
        faults.AddRange(TelemetryCheck.FindFaults(configuration));
        faults.AddRange(NotificationCheck.FindFaults(loader.GetSection("Notifications"), Bind<WebhookOptions>(loader.GetSection("Notifications:Webhooks"), faults)));
        return faults;
    }

    private static Dictionary<string, T> Bind<T>(IConfigurationSection section, List<ConfigurationFault> faults)
        where T : class, new()
    {
        var bound = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var child in section.GetChildren())
        {
            try
            {
                bound[child.Key] = child.Get<T>() ?? new T();
            }
            catch (InvalidOperationException fault)
            {
                bound[child.Key] = new T();
                faults.Add(new ConfigurationFault(child.Path, $"cannot be read: {fault.InnerException?.Message ?? fault.Message}"));
            }
        }

        return bound;
    }
}

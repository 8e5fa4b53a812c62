using System.Text.RegularExpressions;
using Etl.Loader.Inboxes;
using Etl.Loader.Notifications;
using Etl.Loader.Targets;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Etl.Loader.App.Configuration;

/// <summary>Finds every fault of the configuration at once.</summary>
internal static partial class ConfigurationCheck
{
    private const int MostStreams = 16;

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
        faults.AddRange(ConnectionString("ConnectionStrings:Queue", configuration.GetConnectionString("Queue")));
        var targets = Bind<TargetOptions>(loader.GetSection("Targets"), faults);
        foreach (var (name, target) in targets)
        {
            faults.AddRange(CheckTarget($"Loader:Targets:{name}", name, target));
        }

        foreach (var (name, inbox) in Bind<InboxOptions>(loader.GetSection("Inboxes"), faults))
        {
            faults.AddRange(CheckInbox($"Loader:Inboxes:{name}", inbox, [.. targets.Keys]));
        }

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

    private static IEnumerable<ConfigurationFault> CheckTarget(string key, string name, TargetOptions target)
    {
        if (!TargetNames().IsMatch(name))
        {
            yield return new(key, $"has the name '{name}'; names of targets are 1 to 31 lower-case letters, digits and '_', beginning with a letter");
        }

        if (target.Kind == TargetKind.PostgreSql)
        {
            foreach (var fault in ConnectionString($"{key}:ConnectionString", target.ConnectionString))
            {
                yield return fault;
            }
        }
        else if (!Path.IsPathRooted(target.Path))
        {
            yield return new($"{key}:Path", $"is '{target.Path}'; a DuckDB target needs the absolute path of its file");
        }

        if (target.Streams is < 1 or > MostStreams)
        {
            yield return new($"{key}:Streams", $"is {target.Streams}; allowed is 1 to {MostStreams}");
        }

        if (target.PublishWait <= TimeSpan.Zero)
        {
            yield return new($"{key}:PublishWait", $"is {target.PublishWait}; allowed is a time above zero, such as 00:10:00");
        }
    }

    private static IEnumerable<ConfigurationFault> CheckInbox(string key, InboxOptions inbox, string[] targets)
    {
        if (!Path.IsPathRooted(inbox.Path))
        {
            yield return new($"{key}:Path", $"is '{inbox.Path}'; needed is the absolute path of a directory");
        }

        foreach (var (part, target) in inbox.Targets.Select(t => ("Targets", t)).Prepend(("Target", inbox.Target)))
        {
            if (!targets.Contains(target))
            {
                yield return new($"{key}:{part}", $"names the target '{target}'; configured are: {(targets.Length == 0 ? "none" : string.Join(", ", targets))}");
            }
        }

        if (inbox.AfterLoad is not ("keep" or "delete") && !(inbox.AfterLoad.StartsWith("archive:", StringComparison.Ordinal) && inbox.AfterLoad.Length > 8))
        {
            yield return new($"{key}:AfterLoad", $"is '{inbox.AfterLoad}'; allowed are keep, delete and archive:DIR");
        }

        if (inbox.Markers is not ("files" or "none"))
        {
            yield return new($"{key}:Markers", $"is '{inbox.Markers}'; allowed are files and none");
        }

        if (inbox.ScanInterval < TimeSpan.FromMilliseconds(100))
        {
            yield return new($"{key}:ScanInterval", $"is {inbox.ScanInterval}; allowed is 0.1 s or more");
        }
    }

    private static IEnumerable<ConfigurationFault> ConnectionString(string key, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [new(key, "is not set; needed is a connection string such as Host=db;Database=etl_loader;Username=etl")];
        }

        try
        {
            _ = new NpgsqlConnectionStringBuilder(text);
            return [];
        }
        catch (ArgumentException fault)
        {
            // The text itself stays out of messages: it holds a password.
            return [new(key, $"is no connection string: {fault.Message.TrimEnd('.')}")];
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,30}$")]
    private static partial Regex TargetNames();
}

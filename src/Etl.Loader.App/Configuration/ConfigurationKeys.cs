using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Configuration;

/// <summary>The keys below <c>Loader</c>, so that a misspelt one is an error and not a setting without effect.</summary>
internal static class ConfigurationKeys
{
    private static readonly string[] Sections = ["Targets", "Inboxes", "Lanes", "Lane", "Loads", "Http", "Queue", "Retention"];
    private static readonly string[] Http = ["Address", "Port", "PathBase", "KnownProxies"];
    private static readonly string[] Target =
        ["Kind", "ConnectionString", "Schema", "Streams", "Path", "MemoryLimit", "Threads", "TempDirectory", "ReaderWindow", "PublishWait"];

    private static readonly string[] Inbox =
        ["Path", "Target", "Targets", "Schemas", "Recursive", "AfterLoad", "Markers", "ScanInterval", "TriggerSettle", "ManifestPatience", "Datasets"];

    public static IEnumerable<ConfigurationFault> Unknown(IConfiguration loader) =>
        Among(loader, Sections)
            .Concat(Among(loader.GetSection("Http"), Http))
            .Concat(loader.GetSection("Targets").GetChildren().SelectMany(t => Among(t, Target)))
            .Concat(loader.GetSection("Inboxes").GetChildren().SelectMany(i => Among(i, Inbox)));

    private static IEnumerable<ConfigurationFault> Among(IConfiguration section, string[] known) =>
        section.GetChildren()
            .Where(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            .Select(child => new ConfigurationFault(child.Path, $"is no known key; did you mean {Nearest.To(child.Key, known)}? Known are: {string.Join(", ", known)}"));
}

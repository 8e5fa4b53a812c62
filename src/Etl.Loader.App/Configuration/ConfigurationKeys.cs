using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Configuration;

/// <summary>The keys below <c>Loader</c>, so that a misspelt one is an error and not a setting without effect.</summary>
internal static class ConfigurationKeys
{
    private static readonly string[] Telemetry = ["Metrics", "Otlp"];

    public static IEnumerable<ConfigurationFault> Unknown(IConfiguration loader) =>
        Among(loader, ConfigurationShape.Roots)
            .Concat(Among(loader.GetSection("Telemetry"), Telemetry))
            .Concat(ConfigurationShape.Of(loader).SelectMany(known => Among(known.Section, [.. ConfigurationShape.Keys(known.Options).Keys])));

    private static IEnumerable<ConfigurationFault> Among(IConfiguration section, IReadOnlyList<string> known) =>
        section.GetChildren()
            .Where(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            .Select(child => new ConfigurationFault(child.Path, $"is not a known key; did you mean {Nearest.To(child.Key, known)}? Known: {string.Join(", ", known)}"));
}

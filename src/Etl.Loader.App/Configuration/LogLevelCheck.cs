using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.App.Configuration;

/// <summary>The faults of <c>Logging:LogLevel</c>: the framework throws at a level that it does not know.</summary>
internal static class LogLevelCheck
{
    private const string Section = "LogLevel";

    public static IEnumerable<ConfigurationFault> FindFaults(IConfigurationSection logging) =>
        logging.GetChildren().Where(provider => !provider.Key.Equals(Section, StringComparison.OrdinalIgnoreCase))
            .Select(provider => provider.GetSection(Section)).Prepend(logging.GetSection(Section))
            .SelectMany(levels => levels.GetChildren())
            .Where(level => !Enum.GetNames<LogLevel>().Contains(level.Value, StringComparer.OrdinalIgnoreCase))
            .Select(level => new ConfigurationFault(level.Path, $"is '{level.Value}'; expected one of {string.Join(", ", Enum.GetNames<LogLevel>())}"));
}

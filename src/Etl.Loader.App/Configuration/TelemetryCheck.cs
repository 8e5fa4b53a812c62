using System.Net;
using Etl.Loader.App.Composition;
using Etl.Loader.Dashboard.Access;
using Etl.Loader.Telemetry;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Configuration;

/// <summary>The faults of <c>Loader:Telemetry</c> and of <c>Logging:Format</c>.</summary>
internal static class TelemetryCheck
{
    public static IEnumerable<ConfigurationFault> FindFaults(IConfiguration configuration)
    {
        var metrics = configuration.GetSection(MetricsOptions.Section);
        if (metrics["Port"] is { Length: > 0 } port && !(int.TryParse(port, out var number) && number is >= 1 and <= IPEndPoint.MaxPort))
        {
            yield return new($"{MetricsOptions.Section}:Port", $"is '{port}'; allowed is 1 to {IPEndPoint.MaxPort}");
        }

        if (metrics["Port"] is { Length: > 0 } same && int.TryParse(same, out var own) && own == configuration.GetValue("Loader:Http:Port", new HttpOptions().Port))
        {
            yield return new($"{MetricsOptions.Section}:Port", $"is '{same}', as Loader:Http:Port; needed is another one");
        }

        if (metrics["Address"] is { } address && !WebAddress.IsIp(address))
        {
            yield return new($"{MetricsOptions.Section}:Address", $"is '{address}'; needed is an IP address such as 127.0.0.1 or 0.0.0.0");
        }

        var otlp = configuration.GetSection(OtlpOptions.Section);
        if (otlp["Endpoint"] is { Length: > 0 } endpoint && !WebAddress.Is(endpoint))
        {
            yield return new($"{OtlpOptions.Section}:Endpoint", $"is '{endpoint}'; needed is the address of a collector such as http://collector:4317");
        }

        if (otlp["Protocol"] is { } protocol and not (TelemetryExport.Grpc or TelemetryExport.Http))
        {
            yield return new($"{OtlpOptions.Section}:Protocol", $"is '{protocol}'; allowed are {TelemetryExport.Grpc} and {TelemetryExport.Http}");
        }

        if (configuration.GetSection(ConsoleLogs.Key).GetChildren().Any())
        {
            yield return new(ConsoleLogs.Key, "has keys below it; expected is one value");
        }

        if (configuration[ConsoleLogs.Key] is { } format and not (ConsoleLogs.Json or ConsoleLogs.Text))
        {
            yield return new(ConsoleLogs.Key, $"is '{format}'; allowed are {ConsoleLogs.Text} and {ConsoleLogs.Json}");
        }
    }
}

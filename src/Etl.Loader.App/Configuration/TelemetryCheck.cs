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
            yield return new($"{MetricsOptions.Section}:Port", $"is '{port}'; expected 1 to {IPEndPoint.MaxPort}");
        }

        if (metrics["Port"] is { Length: > 0 } same && int.TryParse(same, out var own) && own == configuration.GetValue("Loader:Http:Port", new HttpOptions().Port))
        {
            yield return new($"{MetricsOptions.Section}:Port", $"is '{same}', as Loader:Http:Port; expected another port");
        }

        if (metrics["Address"] is { } address && !WebAddress.IsIp(address))
        {
            yield return new($"{MetricsOptions.Section}:Address", $"is '{address}'; expected an IP address such as 127.0.0.1 or 0.0.0.0");
        }

        var otlp = configuration.GetSection(OtlpOptions.Section);
        if (otlp["Endpoint"] is { Length: > 0 } endpoint && !WebAddress.Is(endpoint))
        {
            yield return new($"{OtlpOptions.Section}:Endpoint", $"is '{endpoint}'; expected the address of a collector such as http://collector:4317");
        }

        if (otlp["Protocol"] is { } protocol and not (TelemetryExport.Grpc or TelemetryExport.Http))
        {
            yield return new($"{OtlpOptions.Section}:Protocol", $"is '{protocol}'; expected {TelemetryExport.Grpc} or {TelemetryExport.Http}");
        }

        if (configuration.GetSection(ConsoleLogs.Key).GetChildren().Any())
        {
            yield return new(ConsoleLogs.Key, "has keys below it; expected a single value");
        }

        if (configuration[ConsoleLogs.Key] is { } format and not (ConsoleLogs.Json or ConsoleLogs.Text))
        {
            yield return new(ConsoleLogs.Key, $"is '{format}'; expected {ConsoleLogs.Text} or {ConsoleLogs.Json}");
        }
    }
}

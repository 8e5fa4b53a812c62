using System.Net;
using Etl.Loader.Dashboard.Access;
using Etl.Loader.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Composition;

/// <summary>
/// <c>/metrics</c> for Prometheus: on the port of the dashboard as the rest of it, and on a port of its own, where that is configured, for anyone who reaches it.
/// </summary>
internal static class MetricsEndpoint
{
    /// <summary>Null: metrics have no port of their own.</summary>
    public static (IPAddress Address, int Port)? OwnPort(IConfiguration configuration) =>
        Options(configuration) is { Enabled: true, Port: { } port } metrics ? (IPAddress.Parse(metrics.Address), port) : null;

    public static void Listen(KestrelServerOptions kestrel, IConfiguration configuration)
    {
        if (OwnPort(configuration) is { } own)
        {
            kestrel.Listen(own.Address, own.Port);
        }
    }

    /// <summary>The port of its own, before everything else that is mapped: it answers nothing but this, and anyone who reaches it.</summary>
    public static void MapOwnPort(WebApplication app, IConfiguration configuration)
    {
        if (OwnPort(configuration) is { } own)
        {
            app.MapWhen(context => context.Connection.LocalPort == own.Port, branch => branch.UseOpenTelemetryPrometheusScrapingEndpoint(AccessRule.MetricsPath));
        }
    }

    /// <summary>On the port of the dashboard, after the access rule, which decides who reads it.</summary>
    public static void Map(WebApplication app, IConfiguration configuration)
    {
        if (Options(configuration).Enabled)
        {
            app.MapPrometheusScrapingEndpoint(AccessRule.MetricsPath);
        }
    }

    private static MetricsOptions Options(IConfiguration configuration) =>
        configuration.GetSection(MetricsOptions.Section).Get<MetricsOptions>() ?? new MetricsOptions();
}

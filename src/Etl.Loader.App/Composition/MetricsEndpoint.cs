using System.Net;
using Etl.Loader.Dashboard.Access;
using Etl.Loader.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;

namespace Etl.Loader.App.Composition;

/// <summary>
/// <c>/metrics</c> for Prometheus: on the port of the dashboard as the rest of it, and on a port of its own, where that is configured, for whoever reaches it.
/// </summary>
internal static class MetricsEndpoint
{
    private const string Path = "/metrics";

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

    /// <summary>Before everything else that is mapped: the port of its own answers nothing but this.</summary>
    public static void Map(WebApplication app, IConfiguration configuration)
    {
        var metrics = Options(configuration);
        if (!metrics.Enabled)
        {
            return;
        }

        app.UseWhen(
            context => IsOwnPort(context, metrics),
            own => own.Use((context, next) =>
            {
                if (context.Request.Path == Path)
                {
                    return next(context);
                }

                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }));
        app.MapPrometheusScrapingEndpoint(
            Path,
            meterProvider: null,
            configureBranchedPipeline: branch => branch.Use((context, next) =>
            {
                if (IsOwnPort(context, metrics) || LocalRequests.Allows(context))
                {
                    return next(context);
                }

                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            }),
            optionsName: null);
    }

    private static bool IsOwnPort(HttpContext context, MetricsOptions metrics) => metrics.Port is { } port && context.Connection.LocalPort == port;

    private static MetricsOptions Options(IConfiguration configuration) =>
        configuration.GetSection(MetricsOptions.Section).Get<MetricsOptions>() ?? new MetricsOptions();
}

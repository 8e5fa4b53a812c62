using System.Net;
using System.Net.Sockets;
using Etl.Loader.Dashboard;
using Etl.Loader.Dashboard.Access;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.App.Composition;

/// <summary>A long-running process of the product: its roles, with or without the dashboard.</summary>
internal static class WebHost
{
    /// <summary>Longer than a lane takes to hand its load back, shorter than the service manager waits.</summary>
    internal static readonly TimeSpan StopPatience = LaneOptions.HostLimit;

    /// <summary>An open page asks every few seconds; who says nothing for so long makes room for others.</summary>
    private static readonly TimeSpan IdleConnections = TimeSpan.FromSeconds(60);

    public static WebApplication Build(IConfiguration configuration, EtlLoaderRoles roles, bool dashboard, LogLevel leastLevel, Action<ILoggingBuilder>? logging = null)
    {
        WebApplication? app = null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(WebHost).Assembly.GetName().Name });
        builder.Configuration.AddConfiguration(configuration);
        builder.Logging
            .AddConfiguration(configuration.GetSection("Logging"))
            .SetMinimumLevel(leastLevel)
            .AddFilter("Microsoft", LogLevel.Warning)
            // A failed start is reported to the person who started it, without the stack.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= LogLevel.Warning && HasStarted(app))
            .AddFilter("Hangfire", LogLevel.Warning)
            // Failed queries to the queue database are reported by the caller; that its keys are there as they are is known.
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.None)
            .AddFilter("OpenTelemetry", LogLevel.Warning)
            .AddLoaderConsole(configuration);
        logging?.Invoke(builder.Logging);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.KeepAliveTimeout = IdleConnections;
            kestrel.Listen(Address(configuration), Port(configuration));
            MetricsEndpoint.Listen(kestrel, configuration);
        });
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => new ConnectionPlaces(
            ActivatorUtilities.CreateInstance<SocketTransportFactory>(services),
            OpenFiles.Connections(configuration.GetValue<int?>(OpenFiles.ConnectionsKey), OpenFiles.Allowed()),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<ConnectionPlaces>>()));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, SignalsAreOurs>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopPatience);
        builder.Services.AddEtlLoader(configuration, roles);
        builder.Services.AddAccess(configuration, dashboard);
        builder.Services.AddLoaderTelemetry(configuration);
        builder.Services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
        builder.Services.AddHostedService<ServiceManager>();
        if (dashboard)
        {
            builder.Services.AddLoaderDashboard();
        }

        app = builder.Build();
        app.UseHeadAsGet();
        MetricsEndpoint.MapOwnPort(app, configuration);
        app.UseAccess();
        app.MapHealth();
        MetricsEndpoint.Map(app, configuration);
        if (dashboard)
        {
            app.MapLoaderDashboard();
        }

        return app;
    }

    /// <summary>Starts it. Throws <see cref="LoaderException"/> when a port is taken, before anything else has begun.</summary>
    public static async Task StartAsync(WebApplication app, IConfiguration configuration, CancellationToken token)
    {
        RequireFree(Address(configuration), Port(configuration), "--port N, or Loader:Http:Port");
        if (MetricsEndpoint.OwnPort(configuration) is { } metrics)
        {
            RequireFree(metrics.Address, metrics.Port, $"{MetricsOptions.Section}:Port");
        }

        await app.StartAsync(token);
    }

    private static void RequireFree(IPAddress address, int port, string key)
    {
        using var probe = new TcpListener(address, port);
        try
        {
            probe.Start();
        }
        catch (SocketException fault)
        {
            throw new LoaderException($"Port {port} of {address} cannot be opened: {fault.Message}.", $"Choose another port: {key}.", fault);
        }
    }

    /// <summary>The address people open; with the port that was really taken.</summary>
    public static string Url(WebApplication app, IConfiguration configuration)
    {
        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        return Url(configuration, bound is null ? Port(configuration) : new Uri(bound.Replace("[::]", "localhost", StringComparison.Ordinal)).Port);
    }

    /// <summary>By the configuration alone, as seen from this host.</summary>
    public static string Url(IConfiguration configuration) => Url(configuration, Port(configuration));

    private static string Url(IConfiguration configuration, int port)
    {
        var address = Address(configuration);
        var host = IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? "127.0.0.1" : address.ToString();
        return $"http://{host}:{port}{configuration["Loader:Http:PathBase"]}";
    }

    /// <summary>Stops what was started, in the reverse order; nothing where the start itself failed.</summary>
    public static async Task StopAsync(WebApplication app)
    {
        if (HasStarted(app))
        {
            await app.StopAsync(CancellationToken.None);
        }
    }

    private static bool HasStarted(WebApplication? app) => app?.Lifetime.ApplicationStarted.IsCancellationRequested == true;

    private static IPAddress Address(IConfiguration configuration) => IPAddress.Parse(configuration["Loader:Http:Address"] ?? "127.0.0.1");

    private static int Port(IConfiguration configuration) => configuration.GetValue("Loader:Http:Port", 5080);

    /// <summary>The verb decides when to stop and in what order; the framework's own handling of signals would not wait for PostgreSQL.</summary>
    private sealed class SignalsAreOurs : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

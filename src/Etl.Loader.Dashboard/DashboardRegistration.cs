using System.Net;
using Etl.Loader.Dashboard.Access;
using Etl.Loader.Dashboard.Api;
using Etl.Loader.Dashboard.Pages;
using Hangfire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Dashboard;

/// <summary>Hangfire's dashboard with our pages inside, the API, and the health answers.</summary>
internal static class DashboardRegistration
{
    private const string DashboardPath = "/hangfire";

    public static IServiceCollection AddLoaderDashboard(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<HttpOptions>(configuration.GetSection(HttpOptions.Section));
        services.AddHangfire(DashboardPages.AddJobBlock);
        services.TryAddSingleton<JobNames>();
        services.TryAddSingleton<LoadReadings>();
        services.AddAntiforgery();
        services.AddProblemDetails();
        services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<HttpOptions>>((forwarded, http) =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var proxy in http.Value.KnownProxies)
            {
                forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
            }
        });
        return services;
    }

    public static void MapLoaderDashboard(this WebApplication app)
    {
        var http = app.Services.GetRequiredService<IOptions<HttpOptions>>().Value;
        if (http.PathBase.Length > 0)
        {
            app.UsePathBase(http.PathBase);
        }

        if (http.KnownProxies.Count > 0)
        {
            app.UseForwardedHeaders();
        }

        app.UseStatusCodePages();
        DashboardPages.Add();
        app.MapGet("/", (HttpContext context) => Results.Redirect(context.Request.PathBase + DashboardPath + "/loads"));
        app.MapGet("/health/live", () => Results.Text("live"));
        app.MapGet("/health/ready", () => Results.Text("ready"));
        app.MapLoads();
        var names = app.Services.GetRequiredService<JobNames>();
        app.Use(async (context, next) =>
        {
            if (context.Request.Path.StartsWithSegments(DashboardPath))
            {
                await names.RefreshAsync(context.RequestAborted);
            }

            await next(context);
        });
        app.MapHangfireDashboard(
            DashboardPath,
            new DashboardOptions
            {
                Authorization = [new LocalRequests()],
                DashboardTitle = "Etl.Loader",
                AppPath = null,
                DisplayNameFunc = (_, job) => names.Of(job),
                DisplayStorageConnectionString = false,
                StatsPollingInterval = 5000,
                ServerPossiblyAbortedThreshold = TimeSpan.FromMinutes(2),
            },
            app.Services.GetRequiredService<JobStorage>());
    }
}

using Etl.Loader.Dashboard.Access;
using Etl.Loader.Dashboard.Api;
using Etl.Loader.Dashboard.Masking;
using Etl.Loader.Dashboard.Pages;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Etl.Loader.Queue.Storage;
using Hangfire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Dashboard;

/// <summary>Hangfire's dashboard with our pages inside, and the API. Comes after the access rule.</summary>
internal static class DashboardRegistration
{
    public static IServiceCollection AddLoaderDashboard(this IServiceCollection services)
    {
        services.AddHangfire(DashboardPages.AddJobBlock);
        services.TryAddSingleton<JobNames>();
        services.TryAddSingleton<LoadReadings>();
        services.TryAddSingleton<FailedCount>();
        services.AddMasking();

        // Before the framework's own, which answers clients that accept anything.
        services.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, ProblemPage>());
        services.AddLoaderApi();
        return services;
    }

    private static void AddMasking(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.TryAddSingleton<MaskingRule>();
        services.TryAddSingleton<LedgerQueries>();
        services.TryAddSingleton(provider => ActivatorUtilities.CreateInstance<MaskedQueries>(
            provider, (ILoadQueries)provider.GetRequiredService<LedgerQueries>(), (ITableQueries)provider.GetRequiredService<LedgerQueries>()));
        services.Replace(ServiceDescriptor.Singleton<ILoadQueries>(provider => provider.GetRequiredService<MaskedQueries>()));
        services.Replace(ServiceDescriptor.Singleton<ITableQueries>(provider => provider.GetRequiredService<MaskedQueries>()));
    }

    public static void MapLoaderDashboard(this WebApplication app)
    {
        app.WarnIfClosed();
        DashboardPages.Add();
        app.MapGet("/", (HttpContext context) => Results.Redirect(context.Request.PathBase + AccessRule.DashboardPath + "/loads")).ExcludeFromDescription();
        SignIn.Map(app, Assets.Text("login.css"));
        app.MapLoaderApi();
        var names = app.Services.GetRequiredService<JobNames>();
        var failed = app.Services.GetRequiredService<FailedCount>();
        app.Use(async (context, next) =>
        {
            if (context.Request.Path.StartsWithSegments(AccessRule.DashboardPath))
            {
                CurrentActor.Name = context.User.Actor().Name;
                await names.RefreshAsync(context.RequestAborted);
                await failed.RefreshAsync(context.RequestAborted);
            }

            await UnreadableRequests.AnswerAsync(context, () => next(context));
        });
        app.MapHangfireDashboard(
            AccessRule.DashboardPath,
            new DashboardOptions
            {
                Authorization = [new DashboardAuthorization()],
                IsReadOnlyFunc = DashboardAuthorization.IsReadOnly,
                DashboardTitle = "Etl.Loader",
                AppPath = null,
                DisplayNameFunc = (_, job) => names.Of(job),
                DisplayStorageConnectionString = false,
                StatsPollingInterval = 5000,
                ServerPossiblyAbortedThreshold = TimeSpan.FromMinutes(2),
            },
            app.Services.GetRequiredService<JobStorage>());

        // Mapping it sent Hangfire's log another way, which fails once this host has ended.
        HangfireConventions.Apply(app.Services.GetRequiredService<ILoggerFactory>());
    }
}

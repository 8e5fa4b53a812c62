using Etl.Loader.Inboxes;
using Etl.Loader.Inboxes.Due;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Notifications;
using Etl.Loader.Queue;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.DuckDb;
using Etl.Loader.Targets.PostgreSql;
using Etl.Loader.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using DuckDbSettings = Etl.Loader.Targets.DuckDb.Settings;
using DuckDbTarget = Etl.Loader.Targets.DuckDb.Target;
using PostgreSqlTarget = Etl.Loader.Targets.PostgreSql.Target;
using PostgreSqlTuning = Etl.Loader.Targets.PostgreSql.Settings;

namespace Etl.Loader;

/// <summary>What a process does beside reading the ledger and acting on loads; one installation may run in one process or in many.</summary>
[Flags]
public enum EtlLoaderRoles
{
    /// <summary>Reads the ledger and acts on loads: what verbs and pages need.</summary>
    None = 0,

    /// <summary>Watches the inboxes and accepts what producers deliver.</summary>
    Watcher = 1,

    /// <summary>Serves the lanes: loads.</summary>
    Lanes = 2,
}

/// <summary>The way in.</summary>
public static class AddEtlLoaderExtensions
{
    /// <summary>
    /// Adds the product to a host. Reads <c>ConnectionStrings:Queue</c> and the section <c>Loader</c>; what is wrong there is reported, all
    /// immediately, when the host starts. <c>Loader:Lanes</c> narrows the lanes that are served; without it all targets have theirs here.
    /// </summary>
    public static IServiceCollection AddEtlLoader(this IServiceCollection services, IConfiguration configuration, EtlLoaderRoles roles)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Liveness>();
        services.AddLoaderOptions(configuration);
        services.AddInboxes(configuration);
        services.TryAddSingleton<IFileRefresh>(provider => provider.GetRequiredService<IInboxes>());
        services.AddQueueClient();
        services.AddTargets();
        services.AddLoads(configuration);
        services.AddUpkeep();
        if (roles != EtlLoaderRoles.None)
        {
            services.AddFigures(CountLateOf);
        }

        if (roles.HasFlag(EtlLoaderRoles.Watcher))
        {
            services.AddInboxWatching();
        }

        if (roles.HasFlag(EtlLoaderRoles.Lanes))
        {
            services.AddLanes(Lanes(configuration));
            services.AddNotifications(configuration);
        }

        return services;
    }

    /// <summary>Null where nothing shows what is late.</summary>
    private static CountLate? CountLateOf(IServiceProvider provider) =>
        provider.GetService<ILateDeliveries>() is { } late ? async token => (await late.ListAsync(token)).Count : null;

    private static IEnumerable<string> Lanes(IConfiguration configuration)
    {
        var chosen = configuration.GetSection($"{LoaderOptions.Section}:Lanes").Get<string[]>();
        return chosen is { Length: > 0 } ? chosen : configuration.GetSection($"{LoaderOptions.Section}:Targets").GetChildren().Select(t => t.Key);
    }

    private static void AddLoaderOptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LoaderOptions>().Bind(configuration.GetSection(LoaderOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LoaderOptions>, TargetOptionsValidator>());
        services.Configure<QueueOptions>(configuration.GetSection($"{LoaderOptions.Section}:Queue"));
        services.Configure<QueueOptions>(queue => queue.ConnectionString = configuration.GetConnectionString("Queue") ?? "");
        services.AddOptions<LaneOptions>().Bind(configuration.GetSection(LaneOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LaneOptions>, LaneOptionsValidator>());
    }

    private static void AddTargets(this IServiceCollection services) => services.TryAddSingleton(provider =>
    {
        var time = provider.GetRequiredService<TimeProvider>();
        var loggers = provider.GetRequiredService<ILoggerFactory>();
        var loads = provider.GetRequiredService<IOptions<LoadOptions>>().Value;
        var tuning = new PostgreSqlTuning { ChunkedFrom = loads.ChunkedFrom, CommitFrom = loads.ChunkBytes };
        return new TargetCatalog(provider.GetRequiredService<IOptions<LoaderOptions>>().Value.Targets.ToDictionary(
            target => target.Key,
            target => target.Value.Kind switch
            {
                TargetKind.PostgreSql => (ILoadTarget)new PostgreSqlTarget(
                    target.Key, target.Value, time, loggers.CreateLogger<PostgreSqlTarget>(), tuning),
                TargetKind.DuckDb => new DuckDbTarget(
                    target.Key, target.Value, time, loggers.CreateLogger<DuckDbTarget>(), DuckDbSettings.Of(target.Key, target.Value, loads.ChunkBytes)),
                _ => throw new InvalidOperationException($"There is no target of kind {target.Value.Kind}."),
            },
            StringComparer.Ordinal));
    });

    private static void AddLoads(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LoadOptions>().Bind(configuration.GetSection(LoadOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LoadOptions>, LoadOptionsValidator>());
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<LoadOptions>>().Value);
        services.AddOptions<RetentionOptions>().Bind(configuration.GetSection(RetentionOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RetentionOptions>, RetentionOptionsValidator>());
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<RetentionOptions>>().Value);
        services.TryAddSingleton<ProcessEnd>();
        services.TryAddSingleton<KillCheck>();
        services.TryAddSingleton<NewerDelivery>();
        services.TryAddSingleton<OutageWait>();
        services.TryAddSingleton<IDatasetSurveyor>(provider => Surveyor.OfAllFormats(provider.GetRequiredService<LoadOptions>().ChunkBytes));
        services.TryAddSingleton<LoadAttempt>();
        services.TryAddSingleton<MarkerWriter>();
        services.TryAddSingleton<OutcomeReporter>();
        services.TryAddSingleton<AttemptStart>();
        services.TryAddSingleton<FaultEnd>();
        services.TryAddSingleton<ILoadRunner, LoadRunner>();
    }
}

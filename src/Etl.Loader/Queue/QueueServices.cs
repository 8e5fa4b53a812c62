using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Queue.Actions;
using Etl.Loader.Queue.Jobs;
using Etl.Loader.Queue.Lanes;
using Etl.Loader.Queue.Storage;
using Etl.Loader.Targets;
using Etl.Loader.Telemetry;
using Hangfire;
using Hangfire.Common;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Queue;

/// <summary>Registration of the queue, in steps that a role takes as it needs them. Each is idempotent.</summary>
internal static class QueueServices
{
    /// <summary>The ledger and everything that reads or writes it; needs <see cref="QueueOptions"/> to be configured.</summary>
    public static IServiceCollection AddLedger(this IServiceCollection services)
    {
        services.AddOptions<QueueOptions>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<QueueDatabase>();
        services.TryAddSingleton<LedgerMigrator>();
        services.TryAddSingleton<LoadIntake>();
        services.TryAddSingleton<InboxLedger>();
        services.TryAddSingleton<TakenTriggerLedger>();
        services.TryAddSingleton<ITakenTriggers>(provider => provider.GetRequiredService<TakenTriggerLedger>());
        services.TryAddSingleton<KeyLedger>();
        services.TryAddSingleton<SessionLedger>();
        services.TryAddSingleton<LedgerActions>();
        services.TryAddSingleton<LaneLedger>();
        services.TryAddSingleton<ILoadLedger>(provider => new PostgresLoadLedger(provider.GetRequiredService<QueueDatabase>()));
        services.TryAddSingleton<ILoadQueries, LedgerQueries>();
        services.TryAddSingleton<ITableQueries, LedgerQueries>();
        services.TryAddSingleton<IReadFigures, LedgerFigures>();
        return services;
    }

    /// <summary>
    /// Accepting and acting on loads. Hangfire's dashboard finds storage, client and filters in the container too, so that its buttons keep
    /// to the same rules. Needs an <see cref="IFileRefresh"/>.
    /// </summary>
    public static IServiceCollection AddQueueClient(this IServiceCollection services)
    {
        services.AddLedger();
        services.TryAddSingleton<LoadStateFilter>();
        services.TryAddSingleton<HangfireSchema>();
        services.TryAddSingleton<RefusedJobs>();
        services.TryAddSingleton<Boundaries>();
        services.TryAddSingleton<HangfireStorage>();
        services.TryAddSingleton<JobStorage>(provider => provider.GetRequiredService<HangfireStorage>().Storage);
        services.TryAddSingleton<IJobFilterProvider>(provider => provider.GetRequiredService<HangfireStorage>().Filters);
        services.TryAddSingleton<IBackgroundJobClient>(provider => provider.GetRequiredService<HangfireStorage>().Client);
        services.TryAddSingleton<JobIntake>();
        services.TryAddSingleton<IAcceptLoads, LoadAcceptance>();
        services.TryAddSingleton<ILoadActions, LoadActions>();
        services.TryAddSingleton<BulkActions>();
        services.TryAddSingleton<DatabaseReadiness>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DatabaseStartup>());
        return services;
    }

    /// <summary>Holding ledger and targets against each other; needs <see cref="AddLedger"/>.</summary>
    public static IServiceCollection AddUpkeep(this IServiceCollection services)
    {
        services.TryAddSingleton<ReceiptLedger>();
        services.TryAddSingleton<ReceiptComparison>();
        services.AddOptions<RetentionOptions>();
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<RetentionOptions>>().Value);
        services.TryAddSingleton<Leftovers>();
        services.TryAddSingleton<LaneCleaning>();
        return services;
    }

    /// <summary>
    /// Serves the lanes of the given targets. Needs <see cref="AddQueueClient"/>, a <see cref="TargetCatalog"/> and an
    /// <see cref="ILoadRunner"/>. The host's shutdown limit must exceed <see cref="LaneOptions.Shutdown"/>.
    /// </summary>
    public static IServiceCollection AddLanes(this IServiceCollection services, IEnumerable<string> targets)
    {
        services.AddOptions<LaneOptions>();
        services.Replace(ServiceDescriptor.Singleton<ILoadLedger>(
            provider => new PostgresLoadLedger(provider.GetRequiredService<QueueDatabase>(), forLanes: true)));
        services.TryAddSingleton<LaneTakeover>();
        services.TryAddSingleton<Reconciler>();
        services.AddUpkeep();
        services.TryAddSingleton<Liveness>();
        services.TryAddSingleton<LaneParts>();
        foreach (var target in targets)
        {
            services.AddSingleton<IHostedService>(provider => new LaneService(
                target,
                provider.GetRequiredService<TargetCatalog>(),
                provider.GetRequiredService<QueueDatabase>(),
                provider.GetRequiredService<DatabaseReadiness>(),
                provider.GetRequiredService<LaneParts>(),
                provider.GetRequiredService<ILoadRunner>(),
                provider.GetRequiredService<ILoadLedger>(),
                provider.GetRequiredService<IOptions<LaneOptions>>(),
                provider.GetRequiredService<IHostApplicationLifetime>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<LaneService>>()));
        }

        return services;
    }
}

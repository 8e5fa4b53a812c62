using Etl.Loader.Inboxes.Due;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Inboxes.Watching;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Inboxes;

internal static class InboxServiceCollectionExtensions
{
    /// <summary>
    /// The inboxes of <see cref="LoaderOptions"/>, which the caller binds. Needs <c>IAcceptLoads</c> where loads are accepted and <c>ILoadQueries</c> where
    /// inboxes are watched.
    /// </summary>
    /// <param name="configuration">The whole configuration: the rules under <c>Loader:Inboxes:*:Datasets</c> are read from it.</param>
    public static IServiceCollection AddInboxes(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<LoaderOptions>().PostConfigure(options => ReadRules(options, configuration)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LoaderOptions>, InboxOptionsValidator>());
        services.TryAddSingleton(provider => new InboxCatalog(provider.GetRequiredService<IOptions<LoaderOptions>>()));
        services.TryAddSingleton<IInboxes, InboxFiles>();
        services.TryAddSingleton<FileAcceptor>();
        services.TryAddSingleton<Delivery>();
        services.TryAddSingleton<ILateDeliveries, LateDeliveries>();
        return services;
    }

    /// <summary>The role that watches: a loop for each inbox.</summary>
    public static IServiceCollection AddInboxWatching(this IServiceCollection services)
    {
        services.AddOptions<RetentionOptions>();
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<RetentionOptions>>().Value);
        services.TryAddSingleton<OpenInboxEvents>(provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            return (root, recursive) => InboxEvents.Open(root, recursive, time);
        });
        services.TryAddSingleton<Liveness>();
        services.TryAddSingleton<InboxWatching>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, InboxWatching>(provider => provider.GetRequiredService<InboxWatching>()));
        return services;
    }

    /// <summary>The rules of the inboxes that are bound already.</summary>
    public static void ReadRules(LoaderOptions options, IConfiguration configuration)
    {
        foreach (var (name, inbox) in options.Inboxes)
        {
            var faults = new List<ConfigurationFault>();
            inbox.Datasets = DatasetRuleReader.Read(configuration.GetSection($"{LoaderOptions.Section}:Inboxes:{name}:Datasets"), faults);
            inbox.DatasetFaults = faults;
        }
    }
}

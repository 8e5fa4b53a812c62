using Etl.Loader.Inboxes.Due;
using Etl.Loader.Ledger;
using Etl.Loader.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Notifications;

internal static class NotificationServices
{
    /// <summary>Telling the webhooks of <see cref="NotificationOptions"/>; needs the ledger.</summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<NotificationOptions>(configuration.GetSection(NotificationOptions.Section));
        services.TryAddSingleton<OutboxLedger>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, Notifier>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<NotificationOptions>>().Value;
            var time = provider.GetRequiredService<TimeProvider>();
            var logger = provider.GetRequiredService<ILogger<Notifier>>();
            var outbox = provider.GetRequiredService<OutboxLedger>();
            var watchdog = new Watchdog(
                provider.GetRequiredService<IReadFigures>(), provider.GetService<ILateDeliveries>(), outbox, options, time, logger);
            return new Notifier(outbox, watchdog, [.. options.Webhooks.Select(w => new Webhook(w.Key, w.Value, time))], options, time, logger);
        }));
        return services;
    }
}

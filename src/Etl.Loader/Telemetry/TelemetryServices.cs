using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Telemetry;

internal static class TelemetryServices
{
    /// <summary>The gauges; needs an <see cref="IReadFigures"/>.</summary>
    /// <param name="late">Null where nothing shows what is late: then no gauge does.</param>
    public static IServiceCollection AddFigures(this IServiceCollection services, Func<IServiceProvider, CountLate?> late)
    {
        services.TryAddSingleton(provider => new FigureReading(
            provider.GetRequiredService<IReadFigures>(),
            late(provider),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<FigureReading>>()));
        services.TryAddSingleton<FigureGauges>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, FigureReading>(provider =>
        {
            // The gauges are made with their reading: no one else asks for them.
            provider.GetRequiredService<FigureGauges>();
            return provider.GetRequiredService<FigureReading>();
        }));
        return services;
    }
}

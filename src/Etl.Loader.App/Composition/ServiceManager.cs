using System.Globalization;
using Etl.Loader.Queue.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;

namespace Etl.Loader.App.Composition;

/// <summary>
/// Informs systemd how the process stands, where it listens (<c>Type=notify</c>): ready once the configuration is valid and HTTP is served, stopping, what it
/// waits for meanwhile, and its watchdog that the loops turn. When they do not, it says nothing more, and systemd starts the process again.
/// </summary>
internal sealed class ServiceManager(
    ISystemdNotifier notifier, Liveness liveness, DatabaseReadiness readiness, IConfiguration configuration, IHostApplicationLifetime lifetime, TimeProvider time)
    : BackgroundService
{
    /// <summary>Microseconds within which systemd wants a sign of life.</summary>
    internal const string WatchdogVariable = "WATCHDOG_USEC";

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!notifier.IsEnabled)
        {
            return;
        }

        await using var started = lifetime.ApplicationStarted.Register(() => notifier.Notify(ServiceState.Ready));
        await using var stopping = lifetime.ApplicationStopping.Register(() => notifier.Notify(ServiceState.Stopping));
        var watchdog = Watchdog();
        var reported = "";
        while (!stoppingToken.IsCancellationRequested)
        {
            var stuck = liveness.Stuck();
            var status = stuck ?? (readiness.WaitsFor is { } reason ? $"waits: {reason}" : readiness.IsReady ? "running" : "starting");
            if (status != reported)
            {
                reported = status;
                notifier.Notify(new ServiceState($"STATUS={status.ReplaceLineEndings(" ")}"));
            }

            if (watchdog is not null && stuck is null)
            {
                notifier.Notify(new ServiceState("WATCHDOG=1"));
            }

            // Twice within the time it gives.
            var pause = watchdog is { } limit && limit / 2 < Look ? limit / 2 : Look;
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Null where no watchdog looks at this process: a child inherits the variables of another.</summary>
    private TimeSpan? Watchdog() =>
        long.TryParse(configuration[WatchdogVariable], CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
        && (configuration["WATCHDOG_PID"] is not { } process || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;
}

using Hangfire;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Queue.Storage;

/// <summary>
/// What Hangfire keeps per process and not per storage: how jobs are written, and where it logs. Each process that touches jobs must agree,
/// so every way to a storage leads through here. Nothing else of Hangfire's static state is used.
/// </summary>
internal sealed class HangfireConventions : IGlobalConfiguration
{
    private static readonly Lock Once = new();
    private static bool _applied;

    private HangfireConventions()
    {
    }

    /// <summary>Idempotent; the newest logger factory wins.</summary>
    public static void Apply(ILoggerFactory? logging)
    {
        lock (Once)
        {
            var conventions = new HangfireConventions();
            if (!_applied)
            {
                conventions
                    .SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
                    .UseSimpleAssemblyNameTypeSerializer()
                    .UseTypeResolver(KnownTypes.Resolve)
                    .UseRecommendedSerializerSettings();
                _applied = true;
            }

            if (logging is not null)
            {
                conventions.UseLogProvider(new HangfireLogProvider(logging));
            }
        }
    }
}

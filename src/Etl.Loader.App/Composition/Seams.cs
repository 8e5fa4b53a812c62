using Etl.Loader.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Etl.Loader
{
    /// <summary>What a process does beside reading and acting on the ledger.</summary>
    [Flags]
    internal enum EtlLoaderRoles
    {
        None = 0,
        Watcher = 1,
        Lanes = 2,
    }

    /// <summary>The places where the executable meets the library; each goes when the real one of the same name is there.</summary>
    internal static class Seams
    {
        public static IServiceCollection AddEtlLoader(this IServiceCollection services, IConfiguration configuration, EtlLoaderRoles roles)
        {
            _ = roles;
            services.AddSingleton(TimeProvider.System);
            services.Configure<LoaderOptions>(configuration.GetSection(LoaderOptions.Section));
            return services;
        }

        extension(LoadFilter)
        {
            public static LoadFilter Parse(string text) => new() { File = text.Length == 0 ? null : text };
        }
    }
}

namespace Etl.Loader.Ledger
{
    internal abstract class LedgerMigrator
    {
        public abstract Task<IReadOnlyList<int>> MigrateAsync(CancellationToken token);

        public static string Script() => "";
    }
}

namespace Etl.Loader.Dashboard
{
    internal static class Seams
    {
        public static IServiceCollection AddLoaderDashboard(this IServiceCollection services, IConfiguration configuration)
        {
            _ = configuration;
            return services;
        }

        public static void MapLoaderDashboard(this WebApplication app) => app.MapGet("/health/live", () => "live");
    }
}

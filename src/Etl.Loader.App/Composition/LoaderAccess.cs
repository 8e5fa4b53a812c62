using Etl.Loader.App.Configuration;
using Etl.Loader.App.Homes;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.App.Composition;

/// <summary>The product as a verb sees it that neither watches nor loads.</summary>
internal sealed record LoaderAccess(IConfiguration Configuration, IServiceProvider Services) : IAsyncDisposable
{
    public ILoadQueries Queries => Services.GetRequiredService<ILoadQueries>();

    public ILoadActions Actions => Services.GetRequiredService<ILoadActions>();

    public async ValueTask DisposeAsync()
    {
        if (Services is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }

    /// <summary>
    /// By configuration where it names a queue database, otherwise by what a running <c>up</c> of this home shows. Throws
    /// <see cref="NotReachableException"/> when there is neither.
    /// </summary>
    public static LoaderAccess Connect(string? home, IReadOnlyList<string> assignments)
    {
        var configuration = Configure(home, assignments);
        ConfigurationCheck.ThrowIfFaulty(configuration);
        return Open(configuration);
    }

    /// <summary>By a configuration that is known to have no fault. Connects to nothing yet.</summary>
    public static LoaderAccess Open(IConfiguration configuration)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging(logging => logging.AddFilter(level => level >= LogLevel.Warning).AddSimpleConsole());
        services.AddEtlLoader(configuration, EtlLoaderRoles.None);
        return new LoaderAccess(configuration, services.BuildServiceProvider());
    }

    public static IConfigurationRoot Configure(string? home, IReadOnlyList<string> assignments)
    {
        var configuration = ConfigurationSources.Build(new Dictionary<string, string?>(), assignments);
        if (!string.IsNullOrEmpty(configuration.GetConnectionString("Queue")))
        {
            return configuration;
        }

        var layout = HomeLayout.Choose(home);
        var ready = ReadyFile.Read(layout) ?? throw new NotReachableException(
            $"No `up` is ready in {layout.Root}, and ConnectionStrings:Queue is not set.",
            $"Start `etl-loader up`, name its directory (--home or {HomeLayout.Variable}), or configure the queue database.");
        return ConfigurationSources.Build(HomeDefaults.Of(ready), assignments);
    }
}

using Etl.Loader.Dashboard.Pages;
using Hangfire;
using Hangfire.Dashboard;
using Hangfire.Storage;
using Microsoft.AspNetCore.Http;

namespace Etl.Loader.Tests.Dashboard;

/// <summary>A page's own content as HTML, without Hangfire's frame.</summary>
internal static class Rendered
{
    public static string Html(LoaderPage page, bool readOnly = false) => page.ReadBody(new UrlHelper(Context()), readOnly);

    public static AspNetCoreDashboardContext Context() => new(new NoStorage(), new DashboardOptions(), new DefaultHttpContext
    {
        Request = { PathBase = "/hangfire" },
        RequestServices = new NoServices(),
    });

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }

    private sealed class NoStorage : JobStorage
    {
        public override IMonitoringApi GetMonitoringApi() => throw new NotSupportedException();

        public override IStorageConnection GetConnection() => throw new NotSupportedException();
    }
}

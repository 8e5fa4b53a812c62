using Hangfire.Dashboard;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>Puts our pages into Hangfire's dashboard. Its routes and menu are lists of the process: filled once, whoever asks how often.</summary>
internal static class DashboardPages
{
    private const string Id = "(?<id>[0-9a-f-]{36})";
    private static int _added;

    public static void Add()
    {
        if (Interlocked.Exchange(ref _added, 1) == 1)
        {
            return;
        }

        var routes = DashboardRoutes.Routes;
        routes.Add("/loads", new PageDispatcher(PageReaders.LoadsAsync));
        routes.Add($"/loads/{Id}", new PageDispatcher(PageReaders.LoadAsync));
        routes.Add("/lanes", new PageDispatcher(PageReaders.LanesAsync));
        routes.Add("/watchers", new PageDispatcher(PageReaders.WatchersAsync));
        routes.Add("/loads/actions/reload", new ActionDispatcher((actions, load, actor, token) => actions.ReloadAsync(load, actor, token)));
        routes.Add("/loads/actions/requeue", new ActionDispatcher(async (actions, load, actor, token) =>
        {
            await actions.RequeueAsync(load, actor, token);
            return load;
        }));
        routes.Add("/loads/actions/cancel", new ActionDispatcher(async (actions, load, actor, token) =>
        {
            await actions.CancelAsync(load, actor, token);
            return load;
        }));

        var assembly = typeof(DashboardPages).Assembly;
        DashboardRoutes.AddStylesheet(assembly, "Etl.Loader.Dashboard.Assets.loader.css");
        DashboardRoutes.AddJavaScript(assembly, "Etl.Loader.Dashboard.Assets.loader.js");

        NavigationMenu.Items.Insert(0, page => Item(page, "Loads", "/loads"));
        NavigationMenu.Items.Insert(1, page => Item(page, "Lanes", "/lanes"));
        NavigationMenu.Items.Insert(2, page => Item(page, "Watchers", "/watchers"));
    }

    private static MenuItem Item(RazorPage page, string text, string path) =>
        new(text, page.Url.To(path)) { Active = page.RequestPath.StartsWith(path, StringComparison.Ordinal) };
}

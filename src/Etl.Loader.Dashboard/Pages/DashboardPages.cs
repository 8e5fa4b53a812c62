using Etl.Loader.Dashboard.Access;
using Etl.Loader.Queue.Actions;
using Hangfire;
using Hangfire.Dashboard;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>Puts our pages into Hangfire's dashboard. Its routes and menu are lists of the process: filled once, no matter who asks how often.</summary>
internal static class DashboardPages
{
    private const string Id = "(?<id>[0-9a-f-]{36})";
    private static int _added;
    private static int _blockAdded;

    /// <summary>The block on Hangfire's page of a job; that list is the process's too.</summary>
    public static void AddJobBlock(IGlobalConfiguration hangfire)
    {
        if (Interlocked.Exchange(ref _blockAdded, 1) == 0)
        {
            hangfire.UseJobDetailsRenderer(order: 1, JobBlock.Render);
        }
    }

    public static void Add()
    {
        if (Interlocked.Exchange(ref _added, 1) == 1)
        {
            return;
        }

        var routes = DashboardRoutes.Routes;
        routes.Add("/loads", new PageDispatcher(PageReaders.LoadsAsync));
        routes.Add("/tables", new PageDispatcher(TableReaders.TablesAsync));
        routes.Add(TableLink.Route, new PageDispatcher(TableReaders.TableAsync));
        routes.Add($"/loads/{Id}/rejects", new RejectsDispatcher());
        routes.Add("/loads/bulk", new PageDispatcher(PageReaders.BulkAsync));
        routes.Add("/loads/(?<id>[^/]+)", new PageDispatcher(PageReaders.LoadAsync));
        routes.Add("/loads/actions/bulk", new BulkDispatcher());
        routes.Add("/lanes", new PageDispatcher(PageReaders.LanesAsync));
        routes.Add("/watchers", new PageDispatcher(PageReaders.WatchersAsync));
        routes.Add("/audit", new PageDispatcher(AuditPage.ReadAsync));
        routes.Add(AccountPage.Path, new PageDispatcher(AccountPage.ReadAsync));
        routes.Add("/loads/actions/reload", new ActionDispatcher(async (actions, id, actor, token) =>
            (await actions.ReloadAsync(Load(id), actor, token)).ToString()));
        routes.Add("/loads/actions/requeue", Acting((actions, id, actor, token) => actions.RequeueAsync(Load(id), actor, token)));
        routes.Add("/loads/actions/cancel", Acting((actions, id, actor, token) => actions.CancelAsync(Load(id), actor, token)));
        routes.Add("/lanes/actions/pause", Acting(async (actions, id, actor, token) =>
            (await actions.PauseAsync(id, now: false, actor, token)).ThrowIfUnchanged()));
        routes.Add("/lanes/actions/pause-now", Acting(async (actions, id, actor, token) =>
            (await actions.PauseAsync(id, now: true, actor, token)).ThrowIfUnchanged()));
        routes.Add("/lanes/actions/resume", Acting((actions, id, actor, token) => actions.ResumeAsync(id, actor, token)));

        // Behind Hangfire's own and all of ours: what is left.
        routes.Add(".+", new PageDispatcher(_ => Task.FromResult<RazorPage?>(MissingPage.OfAddress())));

        var assembly = typeof(DashboardPages).Assembly;
        DashboardRoutes.AddStylesheet(assembly, "Etl.Loader.Dashboard.Assets.loader.css");
        DashboardRoutes.AddJavaScript(assembly, "Etl.Loader.Dashboard.Assets.loader.js");
        DashboardRoutes.AddJavaScript(assembly, "Etl.Loader.Dashboard.Assets.lanes.js");

        FailedBadge.Add();
        NavigationMenu.Items.Insert(0, page => FailedBadge.On(Item(page, "Loads", "/loads")));
        NavigationMenu.Items.Insert(1, page => Item(page, "Tables", "/tables"));
        NavigationMenu.Items.Insert(2, page => Item(page, "Lanes", "/lanes"));
        NavigationMenu.Items.Insert(3, page => Item(page, "Watchers", "/watchers"));
        NavigationMenu.Items.Insert(4, page => Item(page, "Audit", "/audit"));
        NavigationMenu.Items.Add(AccountPage.Item);
    }

    private static ActionDispatcher Acting(Func<ILoadActions, string, Actor, CancellationToken, Task> act) => new(async (actions, id, actor, token) =>
    {
        await act(actions, id, actor, token);
        return id;
    });

    private static LoadId Load(string id) => LoadId.TryParse(id, out var load) ? load : throw new LoaderException($"'{id}' is not a load id.");

    private static MenuItem Item(RazorPage page, string text, string path) =>
        new(text, page.Url.To(path)) { Active = page.RequestPath.StartsWith(path, StringComparison.Ordinal) };
}

using Hangfire.Dashboard;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>Reads a page's model without blocking a thread, then lets Hangfire's frame render the page.</summary>
internal sealed class PageDispatcher(Func<PageRequest, Task<RazorPage?>> read) : IDashboardDispatcher
{
    public async Task Dispatch(DashboardContext context)
    {
        var http = context.GetHttpContext();
        var page = await read(new PageRequest(context, http.RequestServices, http.RequestAborted));
        if (page is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync("There is no such load.");
            return;
        }

        // Only a route can give a page its context: the frame's own type for that is internal to Hangfire.
        var frame = new RouteCollection();
        frame.AddRazorPage(".*", _ => page);
        await frame.FindDispatcher(context.Request.Path).Item1.Dispatch(context);
    }
}

internal sealed record PageRequest(DashboardContext Context, IServiceProvider Services, CancellationToken Token)
{
    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();
}

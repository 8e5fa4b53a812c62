using System.Globalization;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>
/// Reads a page's model without blocking a thread, then lets Hangfire's frame render the page. An open page asks with <c>live=1</c> for what has
/// changed: it gets the parts whose marks it has not, and 204 where there are none.
/// </summary>
internal sealed class PageDispatcher(Func<PageRequest, Task<RazorPage?>> read) : IDashboardDispatcher
{
    /// <summary>The header that says how many milliseconds the page is to wait before it asks again.</summary>
    public const string RefreshHeader = "Etl-Refresh";

    public async Task Dispatch(DashboardContext context)
    {
        var http = context.GetHttpContext();
        var page = await read(new PageRequest(context, http.RequestServices, http.RequestAborted));
        if (page is MovedPage moved)
        {
            http.Response.Redirect(context.Request.PathBase + moved.Path);
            return;
        }

        if (page is null or MissingPage)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            page ??= MissingPage.OfAddress();
        }

        if (page is LoaderPage ours && context.Request.GetQuery("live") == "1")
        {
            await AnswerLiveAsync(ours, context, http);
            return;
        }

        // Only a route can give a page its context: the frame's own type for that is internal to Hangfire.
        var frame = new RouteCollection();
        frame.AddRazorPage(".*", _ => page);
        await frame.FindDispatcher(context.Request.Path).Item1.Dispatch(context);
    }

    private static async Task AnswerLiveAsync(LoaderPage page, DashboardContext context, HttpContext http)
    {
        var has = (context.Request.GetQuery("have") ?? "").Split(',').ToHashSet(StringComparer.Ordinal);
        var changed = page.ReadLive(context).Where(part => !has.Contains($"{part.Name}.{part.Mark}")).ToList();
        http.Response.Headers[RefreshHeader] = ((int)page.Refresh.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers.CacheControl = "no-store";
        if (changed.Count == 0)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        // A page without named parts says its mark here.
        http.Response.Headers.ETag = $"\"{changed[0].Mark}\"";
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync(string.Concat(changed.Select(part => part.Html)), http.RequestAborted);
    }
}

internal sealed record PageRequest(DashboardContext Context, IServiceProvider Services, CancellationToken Token)
{
    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();
}

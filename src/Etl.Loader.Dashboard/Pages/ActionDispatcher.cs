using System.Text.Json;
using Etl.Loader.Queue;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Http;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>
/// An action on one load or lane, posted by a page's button. The dashboard's middleware has checked authorization and the antiforgery token; who may
/// only read is refused here. A refusal by the rules answers 409 with the reason, which the page shows.
/// </summary>
/// <param name="act">Gets what the button named; returns what to show next, or throws <see cref="LoaderException"/> with the reason.</param>
internal sealed class ActionDispatcher(Func<ILoadActions, string, Actor, CancellationToken, Task<string>> act) : IDashboardDispatcher
{
    public async Task Dispatch(DashboardContext context)
    {
        var http = context.GetHttpContext();
        var ids = await context.Request.GetFormValuesAsync("id");
        if (!HttpMethods.IsPost(context.Request.Method) || context.IsReadOnly || ids.Count != 1)
        {
            context.Response.StatusCode = context.IsReadOnly ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest;
            return;
        }

        try
        {
            var actions = new PageRequest(context, http.RequestServices, http.RequestAborted).Get<ILoadActions>();
            var result = await act(actions, ids[0], Who(http), http.RequestAborted);
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(JsonSerializer.Serialize(new { id = result }));
        }
        catch (LoaderException refusal)
        {
            context.Response.StatusCode = StatusCodes.Status409Conflict;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync($"{refusal.Message} {refusal.Hint}".Trim());
        }
    }

    internal static Actor Who(HttpContext http) =>
        new(http.User.Identity?.Name ?? $"dashboard from {http.Connection.RemoteIpAddress}", null);
}

using System.Text.Json;
using Etl.Loader.Dashboard.Access;
using Etl.Loader.Queue.Actions;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Http;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>
/// An action on one load or lane, posted by a page's button. The dashboard's middleware has checked authorization and the antiforgery token; who may
/// only read is refused here again. A refusal by the rules answers 409 with the reason, which the page shows.
/// </summary>
/// <param name="act">Gets what the button named; returns what to show next, or throws <see cref="LoaderException"/> with the reason.</param>
internal sealed class ActionDispatcher(Func<ILoadActions, string, Actor, CancellationToken, Task<string>> act) : IDashboardDispatcher
{
    public async Task Dispatch(DashboardContext context)
    {
        var http = context.GetHttpContext();
        if (FormPost.Refusal(context, http) is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }

        var ids = await context.Request.GetFormValuesAsync("id");
        if (ids.Count != 1)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        try
        {
            var actions = new PageRequest(context, http.RequestServices, http.RequestAborted).Get<ILoadActions>();
            var reason = (await context.Request.GetFormValuesAsync("reason")).FirstOrDefault();
            var result = await act(actions, ids[0], http.User.Actor(reason), http.RequestAborted);
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
}

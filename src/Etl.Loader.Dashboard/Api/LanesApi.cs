using Etl.Loader.Dashboard.Access;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Etl.Loader.Dashboard.Api;

/// <summary><c>/api/lanes</c> and <c>/api/watchers</c>.</summary>
internal static class LanesApi
{
    public static void MapLanes(this RouteGroupBuilder api)
    {
        var lanes = api.MapGroup("/lanes").WithTags("lanes");
        lanes.MapGet("", async (ILoadQueries queries, CancellationToken token) => TypedResults.Ok(await queries.LanesAsync(token)))
            .WithSummary("Every lane: who serves it, what is running, how much is waiting, whether it is paused").RefusesWith();
        lanes.MapPost("/{target}/pause", PauseAsync).WithSummary("Starts no further load of a target; survives restarts. 409 names who has already paused it").RefusesActions();
        lanes.MapPost("/{target}/resume", ResumeAsync).WithSummary("Resumes a paused lane").RefusesActions();
        api.MapGet("/watchers", async (ILoadQueries queries, CancellationToken token) => TypedResults.Ok(await queries.WatchersAsync(token)))
            .WithTags("watchers").WithSummary("Every watcher and inbox: whether it sees the inbox, and how far behind it is").RefusesWith();
    }

    private static async Task<NoContent> PauseAsync(ILoadActions actions, HttpContext context, string target, PauseRequest? request, CancellationToken token)
    {
        (await actions.PauseAsync(target, request?.Now ?? false, context.User.Actor(request?.Reason), token)).ThrowIfUnchanged();
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> ResumeAsync(ILoadActions actions, HttpContext context, string target, ActionRequest? request, CancellationToken token)
    {
        await actions.ResumeAsync(target, context.User.Actor(request?.Reason), token);
        return TypedResults.NoContent();
    }
}

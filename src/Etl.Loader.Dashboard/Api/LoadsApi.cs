using Etl.Loader.Dashboard.Access;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Etl.Loader.Dashboard.Api;

/// <summary><c>/api/loads</c>: with the filters and rules of pages and verbs.</summary>
internal static class LoadsApi
{
    private const int MostOnAPage = 1000;

    public static void MapLoads(this RouteGroupBuilder api)
    {
        var loads = api.MapGroup("/loads").WithTags("loads");
        loads.MapGet("", ListAsync).WithSummary("Lists loads, newest first").RefusesWith(StatusCodes.Status400BadRequest);
        loads.MapGet("/{id}", FindAsync).WithSummary("One load with its attempts, by its full id, its last 12 characters or any unique prefix")
            .RefusesWith(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        loads.MapPost("", AcceptAsync).WithSummary("Accepts a dataset in an inbox, as its trigger would")
            .RefusesWith(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        loads.MapPost("/{id}/requeue", RequeueAsync).WithSummary("Queues a failed or cancelled load again, with its files as they are now").RefusesActions();
        loads.MapPost("/{id}/reload", ReloadAsync).WithSummary("Accepts a new load of the same dataset").RefusesActions();
        loads.MapPost("/{id}/cancel", CancelAsync).WithSummary("Stops a load: a waiting one immediately, a running one at its next chunk boundary").RefusesActions();
    }

    private static async Task<Ok<LoadPage>> ListAsync(ILoadQueries queries, string? q, string? after, int? limit, CancellationToken token) =>
        TypedResults.Ok(await queries.ListAsync(LoadFilter.Parse(q ?? ""), after, Math.Clamp(limit ?? 100, 1, MostOnAPage), token));

    private static async Task<Results<Ok<LoadDetails>, NotFound>> FindAsync(ILoadQueries queries, string id, CancellationToken token) =>
        await queries.FindAsync(await queries.ResolveAsync(id, token), token) is { } details ? TypedResults.Ok(details) : TypedResults.NotFound();

    private static async Task<Created<AcceptedLoad>> AcceptAsync(FileAcceptor acceptor, HttpContext context, AcceptRequest request, CancellationToken token)
    {
        if (request is not { Inbox.Length: > 0 } || (request.Path is null) == (request.Files is not { Count: > 0 }))
        {
            throw new LoaderException(
                "The body names no inbox, or not exactly one of path and files.", "Send {\"inbox\": \"warehouse\", \"path\": \"orders.csv\"}, with the path inside the inbox.");
        }

        var actor = context.User.Actor(request.Reason);
        var (load, spec) = await acceptor.AcceptInAsync(
            request.Inbox, request.Files ?? [request.Path!], request.Target, request.Table, new AcceptedBy(actor.Name, actor.Reason), token);
        return TypedResults.Created($"{context.Request.PathBase}/api/loads/{load}", new AcceptedLoad(load, spec.Inbox, spec.Dataset, spec.Target, spec.TableSchema, spec.TableName));
    }

    private static async Task<NoContent> RequeueAsync(
        ILoadQueries queries, ILoadActions actions, HttpContext context, string id, ActionRequest? request, CancellationToken token)
    {
        await actions.RequeueAsync(await queries.ResolveAsync(id, token), context.User.Actor(request?.Reason), token);
        return TypedResults.NoContent();
    }

    private static async Task<Created<ReloadedLoad>> ReloadAsync(
        ILoadQueries queries, ILoadActions actions, HttpContext context, string id, ActionRequest? request, CancellationToken token)
    {
        var again = await actions.ReloadAsync(await queries.ResolveAsync(id, token), context.User.Actor(request?.Reason), token);
        return TypedResults.Created($"{context.Request.PathBase}/api/loads/{again}", new ReloadedLoad(again));
    }

    private static async Task<NoContent> CancelAsync(
        ILoadQueries queries, ILoadActions actions, HttpContext context, string id, ActionRequest? request, CancellationToken token)
    {
        await actions.CancelAsync(await queries.ResolveAsync(id, token), context.User.Actor(request?.Reason), token);
        return TypedResults.NoContent();
    }
}

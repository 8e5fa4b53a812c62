using Etl.Loader.Dashboard.Access;
using Etl.Loader.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Etl.Loader.Dashboard.Api;

/// <summary>The reading part of <c>/api</c>: loads with the filters of pages and verbs. Faults are problem details.</summary>
internal static class LoadsApi
{
    private const int MostOnAPage = 1000;

    public static void MapLoads(this IEndpointRouteBuilder endpoints)
    {
        var loads = endpoints.MapGroup("/api/loads").AddEndpointFilter(async (context, next) =>
            LocalRequests.Allows(context.HttpContext) ? await next(context) : TypedResults.StatusCode(StatusCodes.Status403Forbidden));
        loads.MapGet("", ListAsync);
        loads.MapGet("{id}", FindAsync);
    }

    private static async Task<Results<Ok<LoadPage>, ProblemHttpResult>> ListAsync(
        ILoadQueries queries, string? q, string? after, int? limit, CancellationToken token)
    {
        try
        {
            return TypedResults.Ok(await queries.ListAsync(LoadFilter.Parse(q ?? ""), after, Math.Clamp(limit ?? 100, 1, MostOnAPage), token));
        }
        catch (LoaderException fault)
        {
            return Problem(fault, StatusCodes.Status400BadRequest);
        }
    }

    private static async Task<Results<Ok<LoadDetails>, ProblemHttpResult>> FindAsync(ILoadQueries queries, string id, CancellationToken token)
    {
        try
        {
            var details = await queries.FindAsync(await queries.ResolveAsync(id, token), token);
            return details is null ? TypedResults.Problem(statusCode: StatusCodes.Status404NotFound) : TypedResults.Ok(details);
        }
        catch (LoaderException fault)
        {
            return Problem(fault, StatusCodes.Status404NotFound);
        }
    }

    private static ProblemHttpResult Problem(LoaderException fault, int status) => TypedResults.Problem(fault.Message, title: fault.Hint, statusCode: status);
}

using Etl.Loader.Inboxes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Etl.Loader.Dashboard.Api;

/// <summary>What an endpoint of the API answers when the rules refuse: problem details with the reason and what to do next.</summary>
internal static class Refusals
{
    /// <summary>404 for a load or lane that there is not, 409 for one in another state than the action needs.</summary>
    public static RouteHandlerBuilder RefusesActions(this RouteHandlerBuilder endpoint) =>
        endpoint.RefusesWith(StatusCodes.Status409Conflict, StatusCodes.Status404NotFound, StatusCodes.Status400BadRequest);

    /// <param name="statuses">The first is that of a fault in what was asked for; the rest is for the document.</param>
    public static RouteHandlerBuilder RefusesWith(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        int[] always = [StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status503ServiceUnavailable];
        foreach (var status in statuses.Union(always))
        {
            endpoint.ProducesProblem(status);
        }

        return endpoint.AddEndpointFilter(async (context, next) =>
        {
            try
            {
                return await next(context);
            }
            catch (UnknownNameException unknown)
            {
                return Problem(unknown, StatusCodes.Status404NotFound);
            }
            catch (LoaderException refusal) when (refusal is not (InboxAwayException or QueueAwayException))
            {
                return Problem(refusal, statuses[0]);
            }
        });
    }

    private static ProblemHttpResult Problem(LoaderException fault, int status) => TypedResults.Problem($"{fault.Message} {fault.Hint}".TrimEnd(), statusCode: status);
}

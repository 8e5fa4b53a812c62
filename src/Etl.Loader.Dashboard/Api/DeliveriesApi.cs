using Etl.Loader.Ledger;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Etl.Loader.Dashboard.Api;

/// <summary><c>/api/inboxes/{inbox}/deliveries</c>: what became of a producer's own delivery, by the id that it wrote into the trigger.</summary>
internal static class DeliveriesApi
{
    public static void MapDeliveries(this RouteGroupBuilder api) =>
        api.MapGet("/inboxes/{inbox}/deliveries/{id}", FindAsync).WithTags("loads")
            .WithSummary("The load of a delivery, by the id in its trigger; 404 until a watcher has accepted the trigger")
            .RefusesWith(StatusCodes.Status404NotFound);

    private static async Task<Ok<LoadDetails>> FindAsync(ILoadQueries queries, string inbox, string id, CancellationToken token) =>
        await queries.FindDeliveryAsync(inbox, id, token) is { } load && await queries.FindAsync(load, token) is { } details
            ? TypedResults.Ok(details)
            : throw new UnknownNameException(
                $"Inbox '{inbox}' has no delivery with the id '{id}'.", "If it was delivered, no watcher has accepted its trigger yet. Try again, or check that a watcher is running.");
}

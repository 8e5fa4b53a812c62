using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Etl.Loader.App.Composition;

/// <summary>
/// What every process answers to everyone: <c>/health/live</c>, its loops turn; <c>/health/ready</c>, its configuration is valid and HTTP is served.
/// Neither asks a database or reveals details.
/// </summary>
internal static class HealthAnswers
{
    public const string Live = "/health/live";
    public const string Ready = "/health/ready";

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        var health = app.MapGroup("").AllowAnonymous().ExcludeFromDescription();
        health.MapGet(Live, (Liveness liveness) => liveness.Stuck() is null ? Results.Text("live") : Results.Text("stuck", statusCode: StatusCodes.Status503ServiceUnavailable));
        health.MapGet(Ready, () => Results.Text("ready"));
    }
}

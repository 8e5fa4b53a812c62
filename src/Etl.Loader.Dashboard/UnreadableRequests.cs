using System.Data.Common;
using Etl.Loader.Dashboard.Access;
using Microsoft.AspNetCore.Http;

namespace Etl.Loader.Dashboard;

/// <summary>
/// Hangfire's own pages take ids and numbers of their address as they come: what is none ends in an exception where it is turned into a number or asked of the
/// database. There is nothing at such an address.
/// </summary>
internal static class UnreadableRequests
{
    private static readonly string[] Ours = ["loads", "lanes", "tables", "watchers", "audit", "account", "bulk"];

    public static async Task AnswerAsync(HttpContext context, Func<Task> next)
    {
        try
        {
            await next();
        }
        catch (Exception fault) when (!context.Response.HasStarted && IsHangfires(context.Request.Path) && StatusOf(fault, context.Request) is not null)
        {
            context.Response.Clear();
            context.Response.StatusCode = StatusOf(fault, context.Request)!.Value;
        }
    }

    private static bool IsHangfires(PathString path) =>
        path.StartsWithSegments(AccessRule.DashboardPath, out var below) && !Ours.Any(ours => below.StartsWithSegments("/" + ours));

    /// <summary>Null where the request is not at fault.</summary>
    private static int? StatusOf(Exception exception, HttpRequest request)
    {
        for (var fault = exception; fault is not null; fault = fault.InnerException)
        {
            switch (fault)
            {
                case FormatException or OverflowException or ArgumentException or DbException { SqlState: ['2', '2', ..] }:
                    return StatusCodes.Status404NotFound;

                // A form was read where none was sent: all actions are posted.
                case InvalidOperationException { Source: "Microsoft.AspNetCore.Http" } when !request.HasFormContentType:
                    return HttpMethods.IsPost(request.Method) ? StatusCodes.Status415UnsupportedMediaType : StatusCodes.Status405MethodNotAllowed;
            }
        }

        return null;
    }
}

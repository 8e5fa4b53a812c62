using System.Net.Mime;
using Etl.Loader.Dashboard.Access;
using Etl.Loader.Inboxes;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Dashboard;

/// <summary>
/// Answers requests that ended in an exception: 503 while something is away, 400 for what cannot be read. The answer never quotes the exception of a
/// driver, which may name users and hosts; the log does.
/// </summary>
internal sealed class OutageHandler(IProblemDetailsService problems, ILogger<OutageHandler> logger) : IExceptionHandler
{
    private const string QueueAway = "The queue database does not answer now. Loads that run go on, nothing is lost; try again when it is back.";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (Answer(exception) is not var (status, detail))
        {
            return false;
        }

        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            Access.Log.Away(logger, httpContext.Request.Method, httpContext.Request.Path, exception.GetBaseException().Message);
            httpContext.Response.Headers.RetryAfter = "5";
        }

        httpContext.Response.StatusCode = status;
        var written = await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = new ProblemDetails { Status = status, Detail = detail },
        });
        if (!written)
        {
            httpContext.Response.ContentType = MediaTypeNames.Text.Plain + "; charset=utf-8";
            await httpContext.Response.WriteAsync(detail, cancellationToken);
        }

        return true;
    }

    private static (int Status, string Detail)? Answer(Exception exception)
    {
        for (var fault = exception; fault is not null; fault = fault.InnerException)
        {
            switch (fault)
            {
                case InboxAwayException away:
                    return (StatusCodes.Status503ServiceUnavailable, $"{away.Message} {away.Hint}");
                case QueueAwayException or TimeoutException or System.Data.Common.DbException { IsTransient: true } or System.Data.Common.DbException { SqlState: "28000" or "28P01" }:
                    return (StatusCodes.Status503ServiceUnavailable, QueueAway);

                // Not made yet, or by an older version: it waits for `migrate`, as the log says.
                case System.Data.Common.DbException { SqlState: "42P01" or "42703" or "3F000" or "3D000" }:
                    return (StatusCodes.Status503ServiceUnavailable, "The queue database has not the schema that this version needs: run `etl-loader migrate`.");
                case BadHttpRequestException bad:
                    return (bad.StatusCode, bad.InnerException is System.Text.Json.JsonException { Path: var path }
                        ? $"The body is not the JSON that is expected here; look at {path ?? "$"}."
                        : bad.Message);
            }
        }

        return null;
    }
}

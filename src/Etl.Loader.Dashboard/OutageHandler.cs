using System.Net.Mime;
using Etl.Loader.Dashboard.Access;
using Etl.Loader.Inboxes;
using Etl.Loader.Loads;
using Etl.Loader.Telemetry;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Dashboard;

/// <summary>
/// Answers requests that ended in an exception: 503 while something is away or full, 400 for what cannot be read, 404 for a name that there is not. The answer never quotes the exception of a
/// driver, which may name users and hosts; the log does.
/// </summary>
internal sealed class OutageHandler(IProblemDetailsService problems, TimeProvider time, ILogger<OutageHandler> logger) : IExceptionHandler
{
    private const int NoSpaceLeft = 28;

    private const string QueueAway = "The queue database does not answer. Running loads continue and nothing is lost. Try again when it is back.";

    /// <summary>Open pages ask every few seconds.</summary>
    private readonly RepeatLimit _repeats = new(time);

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (Answer(exception, httpContext.Request) is not var (status, detail))
        {
            return false;
        }

        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            Report(httpContext.Request, exception.GetBaseException());
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

    private void Report(HttpRequest request, Exception fault)
    {
        var kind = fault is System.Data.Common.DbException { SqlState: { } state } ? state : fault.GetType().Name;
        if (_repeats.Allows(kind, out var leftOut))
        {
            Access.Log.Away(logger, request.Method, request.Path, fault.Message + leftOut);
        }
    }

    private static (int Status, string Detail)? Answer(Exception exception, HttpRequest request)
    {
        for (var fault = exception; fault is not null; fault = fault.InnerException)
        {
            switch (fault)
            {
                case InboxAwayException away:
                    return (StatusCodes.Status503ServiceUnavailable, $"{away.Message} {away.Hint}");
                case QueueAwayException:
                    return (StatusCodes.Status503ServiceUnavailable, QueueAway);

                // Not made yet, or by an older version: it waits for `migrate`, as the log says.
                case System.Data.Common.DbException { SqlState: "42P01" or "42703" or "3F000" or "3D000" }:
                    return (StatusCodes.Status503ServiceUnavailable, "The schema of the queue database does not match this version. Run `etl-loader migrate`.");
                case TimeoutException or System.Data.Common.DbException when FaultTriage.IsQueueOutage(fault):
                    return (StatusCodes.Status503ServiceUnavailable, QueueAway);

                // A NUL in a name, a number beyond all numbers: the database's word for what cannot be.
                case System.Data.Common.DbException { SqlState: ['2', '2', ..] }:
                    return (StatusCodes.Status400BadRequest, "The request has an invalid id, name or number.");
                case IOException { HResult: NoSpaceLeft }:
                    return (StatusCodes.Status503ServiceUnavailable, "The loader's disk is full. Free space, then try again.");
                case InvalidDataException when request.HasFormContentType:
                    return (StatusCodes.Status400BadRequest, "The form cannot be read.");
                case BadHttpRequestException bad:
                    return (bad.StatusCode, bad.InnerException is System.Text.Json.JsonException { Path: var path }
                        ? $"The body does not match the expected JSON at {path ?? "$"}."
                        : bad.Message);
            }
        }

        return exception is LoaderException refusal
            ? (refusal is UnknownNameException ? StatusCodes.Status404NotFound : StatusCodes.Status400BadRequest, $"{refusal.Message} {refusal.Hint}".TrimEnd())
            : null;
    }
}

using System.Net.Mime;
using Etl.Loader.Dashboard.Access;
using Etl.Loader.Dashboard.Pages;
using Microsoft.AspNetCore.Http;

namespace Etl.Loader.Dashboard;

/// <summary>
/// What a browser sees of a fault: the same words that a program gets as problem details, on a page. Who asks for a page says so (<c>Accept: text/html</c>); the API never answers with one.
/// </summary>
internal sealed class ProblemPage : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) =>
        !context.HttpContext.Request.Path.StartsWithSegments("/api")
        && context.HttpContext.Request.GetTypedHeaders().Accept.Any(kind => kind.MediaType.Equals(MediaTypeNames.Text.Html, StringComparison.OrdinalIgnoreCase));

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        ProblemWords.Complete(context);
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        var status = problem.Status ?? http.Response.StatusCode;
        http.Response.ContentType = MediaTypeNames.Text.Html + "; charset=utf-8";
        await http.Response.WriteAsync(
            Of(http.Request.PathBase, problem.Title ?? Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status), problem.Detail ?? "").ToString(),
            http.RequestAborted);
    }

    private static Markup Of(string root, string title, string detail) => Markup.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <title>{title} – Etl.Loader</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="none">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="{root}/login.css">
        </head>
        <body>
        <main>
        <h1>{title}</h1>
        <p role="alert">{detail}</p>
        <p><a href="{root}/">Show the loads</a></p>
        </main>
        </body>
        </html>
        """);
}

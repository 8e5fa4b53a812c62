using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Etl.Loader.App.Composition;

/// <summary>HEAD on every address that answers GET: monitors, proxies and link checkers ask so. The server sends the headers and leaves out the content.</summary>
internal static class HeadRequests
{
    /// <summary>Comes before routing, which would answer 405, and before everything that decides by the method.</summary>
    public static void UseHeadAsGet(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Request.Method = HttpMethods.Get;
        }

        return next(context);
    });
}

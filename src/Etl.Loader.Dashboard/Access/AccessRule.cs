using System.Security.Claims;
using Etl.Loader.Dashboard.Masking;
using Microsoft.AspNetCore.Http;

namespace Etl.Loader.Dashboard.Access;

/// <summary>
/// The rule for every request that is not open to everyone by name (health and login): who may read reads, and only an operator may send what
/// can change something, be it to our own pages, to Hangfire's or to the API. A path that no one thought of falls under it too.
/// </summary>
internal static class AccessRule
{
    public const string DashboardPath = "/hangfire";
    public const string MetricsPath = "/metrics";

    public static bool Allows(ClaimsPrincipal user, HttpRequest request, HttpOptions http) =>
        Changes(request) || (MaskingRule.AppliesTo(user, http) && HangfirePages.MayShowValues(request.Path))
            ? user.MayAct()
            : user.MayRead() || (http.Metrics == "open" && request.Path == MetricsPath);

    /// <summary>Hangfire's pages ask for their numbers by POST.</summary>
    private static bool Changes(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && request.Path != DashboardPath + "/stats";
}

using System.Text.RegularExpressions;
using Etl.Loader.Dashboard.Access;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Etl.Loader.Dashboard.Masking;

/// <summary>Hangfire's own pages of jobs show exceptions and states as they are stored, beside everything that is masked.</summary>
internal static partial class HangfirePages
{
    /// <summary>All below the dashboard but what is known to be safe, so that pages of a later version of Hangfire are closed.</summary>
    public static bool MayShowValues(PathString path) =>
        path.StartsWithSegments(AccessRule.DashboardPath, StringComparison.OrdinalIgnoreCase, out var page) && !Safe().IsMatch(page.Value ?? "");

    /// <summary>Whether the navigation leads there.</summary>
    public static bool IsOffered(string url, RazorPage page)
    {
        var http = page.Context.GetHttpContext();
        var root = http.Request.PathBase.Value ?? "";
        return http.RequestServices.GetService<MaskingRule>() is not { Applies: true }
            || !url.StartsWith(root, StringComparison.Ordinal)
            || !MayShowValues(AccessRule.DashboardPath + url[root.Length..]);
    }

    [GeneratedRegex("^(/?|/(loads|tables|lanes|watchers|audit|account|servers|stats)(/.*)?|/(css|js|fonts)[^/]*(/[^/]*){0,2})$", RegexOptions.Singleline)]
    private static partial Regex Safe();
}

using Hangfire.Dashboard;
using Microsoft.AspNetCore.Http;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>What an action of a page must be before its form is read: posted, by someone who may act, and with a form.</summary>
internal static class FormPost
{
    /// <summary>The status that says what is wrong; null: nothing.</summary>
    public static int? Refusal(DashboardContext context, HttpContext http) =>
        context.IsReadOnly ? StatusCodes.Status403Forbidden
        : !HttpMethods.IsPost(http.Request.Method) ? StatusCodes.Status405MethodNotAllowed
        : !http.Request.HasFormContentType ? StatusCodes.Status415UnsupportedMediaType
        : null;
}

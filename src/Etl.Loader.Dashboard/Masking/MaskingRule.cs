using Etl.Loader.Dashboard.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Dashboard.Masking;

/// <summary>
/// Whether the person who asks is shown no text that may contain the value of a cell (<c>Loader:Http:MaskValues</c>): anyone who is not an operator. Errors
/// and notes are stored as plain text, and databases write some of them, so nothing in them distinguishes a value from the words around it: these texts are left out
/// as a whole, and what is known on its own (kind, file, line) is shown instead.
/// </summary>
internal sealed class MaskingRule(IHttpContextAccessor requests, IOptions<HttpOptions> http)
{
    /// <summary>Ask before the first await: a reading that several people share outlives the request that began it. Outside of a request nothing is masked.</summary>
    public bool Applies => requests.HttpContext is { } request && AppliesTo(request.User, http.Value);

    public static bool AppliesTo(System.Security.Claims.ClaimsPrincipal user, HttpOptions http) => http.MaskValues && !user.MayAct();
}

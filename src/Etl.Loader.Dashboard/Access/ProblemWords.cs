using Microsoft.AspNetCore.Http;

namespace Etl.Loader.Dashboard.Access;

/// <summary>What a refusal says where the code that refused said nothing: the next step.</summary>
internal static class ProblemWords
{
    public static void Complete(ProblemDetailsContext context)
    {
        // An id of the process's own traces helps no one who reads an answer.
        context.ProblemDetails.Extensions.Remove("traceId");
        context.ProblemDetails.Extensions.Remove("trace_id");
        context.ProblemDetails.Detail ??= context.ProblemDetails.Status switch
        {
            StatusCodes.Status401Unauthorized => "Send an API key of Loader:Http:ApiKeys as 'Authorization: Bearer KEY', or sign in.",
            StatusCodes.Status403Forbidden when context.HttpContext.User.MayAct() =>
                "The request does not carry the token of an open page, so it may come from another site. Open the page again and repeat it there.",
            StatusCodes.Status403Forbidden when context.HttpContext.User.MayRead() => "This needs the role operator.",
            StatusCodes.Status403Forbidden => "Only requests from the machine itself are accepted, unless users or API keys are configured (Loader:Http).",
            StatusCodes.Status405MethodNotAllowed => "This address does not accept this method; docs/api.md lists the ones it accepts.",
            StatusCodes.Status404NotFound => "There is nothing at this address.",
            _ => null,
        };
    }
}

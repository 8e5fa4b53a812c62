using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Dashboard.Access;

/// <summary>Reports to the log when someone who is known was refused: they tried what their role does not allow.</summary>
internal sealed class RefusalLog(ILogger<SignIn> logger) : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _framework = new();

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Forbidden)
        {
            Log.Refused(logger, context.User.Identity?.Name, context.Connection.RemoteIpAddress, context.Request.Method, context.Request.Path);
        }

        return _framework.HandleAsync(next, context, policy, authorizeResult);
    }
}

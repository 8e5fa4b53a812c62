using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Dashboard.Access;

/// <summary>Takes anyone who asks from this machine for an operator, where no one can sign in; all others are refused.</summary>
internal sealed class LocalAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logging, UrlEncoder encoder, IOptions<HttpOptions> http)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logging, encoder)
{
    private static readonly string Name = $"local@{Environment.MachineName}";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
        http.Value.Mode() == AccessMode.Local && LocalRequests.Allows(Context)
            ? AuthenticateResult.Success(new AuthenticationTicket(Identities.Of(Schemes.Local, Name, Role.Operator), Schemes.Local))
            : AuthenticateResult.NoResult());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }
}

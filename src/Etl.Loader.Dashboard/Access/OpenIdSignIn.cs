using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Etl.Loader.Dashboard.Access;

/// <summary>Login at an OpenID provider by the code flow with PKCE. Of what the provider shows only name and role are kept.</summary>
internal static class OpenIdSignIn
{
    public const string Away = "The sign-in service does not answer. Try again later.";

    private const string NoRole = "role";
    private const string Failed = "openid";

    public static void Add(AuthenticationBuilder authentication, OpenIdOptions configured) => authentication.AddOpenIdConnect(Schemes.OpenId, options =>
    {
        options.Authority = configured.Authority;
        options.ClientId = configured.ClientId;
        options.ClientSecret = configured.ClientSecret;
        options.RequireHttpsMetadata = new Uri(configured.Authority).Scheme == Uri.UriSchemeHttps;
        options.ResponseType = OpenIdConnectResponseType.Code;

        // Back by a link and not by a form of the provider's: so the cookies of the way need not be sent across sites.
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        foreach (var cookie in new[] { options.NonceCookie, options.CorrelationCookie })
        {
            cookie.SameSite = SameSiteMode.Lax;
            cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        }

        options.MapInboundClaims = false;
        options.DisableTelemetry = true;
        options.SignInScheme = Schemes.Session;
        foreach (var scope in configured.Scopes)
        {
            options.Scope.Add(scope);
        }

        options.Events.OnTokenValidated = context => Settle(context, configured);
        options.Events.OnRemoteFailure = Refuse;
    });

    /// <summary>What the login page says after a failed try; null for anything that is no such word.</summary>
    public static string? Said(string? failed) => failed switch
    {
        NoRole => "Your account has no role here. Ask the administrator of the loader.",
        Failed => "The sign-in service did not let you in. Try again.",
        _ => null,
    };

    internal static Role? RoleOf(IEnumerable<string> values, OpenIdOptions configured)
    {
        var said = values.ToHashSet(StringComparer.Ordinal);
        return said.Overlaps(configured.Operators) ? Role.Operator
            : said.Overlaps(configured.Viewers) || configured.Viewers.Contains("*") ? Role.Viewer
            : null;
    }

    /// <summary>A name as the audit may show it, that cannot be taken for a key's or a machine's.</summary>
    internal static string NameOf(ClaimsPrincipal user, OpenIdOptions configured)
    {
        var name = user.FindFirstValue(configured.NameClaim) is { Length: > 0 } named ? named : user.FindFirstValue("sub") ?? "";
        return string.Concat(name.Take(100).Select(c => char.IsLetterOrDigit(c) || c is '.' or '@' or '-' or '_' or '+' ? c : '_'));
    }

    private static Task Settle(TokenValidatedContext context, OpenIdOptions configured)
    {
        var user = context.Principal!;
        var (name, logger) = (NameOf(user, configured), Logger(context.HttpContext));
        if (RoleOf(user.FindAll(configured.RoleClaim).Select(c => c.Value), configured) is not { } role)
        {
            context.Fail(new NoRoleException(name));
            return Task.CompletedTask;
        }

        context.Principal = Identities.OfLogin(Schemes.OpenId, name, role, configured.Authority);
        Log.SignedIn(logger, name, role, context.HttpContext.Connection.RemoteIpAddress, $"{configured.Authority}, subject {user.FindFirstValue("sub")}");
        return Task.CompletedTask;
    }

    private static Task Refuse(RemoteFailureContext context)
    {
        var who = context.Failure is NoRoleException { Message: var name } ? name : "somebody";
        var reason = context.Failure is NoRoleException ? "no role" : context.Failure?.Message ?? "refused by the provider";
        Log.SignInRefused(Logger(context.HttpContext), who, context.HttpContext.Connection.RemoteIpAddress, reason);
        context.Response.Redirect($"{context.Request.PathBase}{SignIn.LoginPath}?failed={(context.Failure is NoRoleException ? NoRole : Failed)}");
        context.HandleResponse();
        return Task.CompletedTask;
    }

    private static ILogger Logger(HttpContext context) => context.RequestServices.GetRequiredService<ILogger<SignIn>>();

    private sealed class NoRoleException(string name) : Exception(name);
}

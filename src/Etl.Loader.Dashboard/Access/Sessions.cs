using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Etl.Loader.Dashboard.Access;

/// <summary>Logins as cookies that any process of the installation accepts, as long as what let them in is still configured and no one ended them.</summary>
internal static class Sessions
{
    public static void Configure(CookieAuthenticationOptions options, HttpOptions http)
    {
        options.Cookie.Name = "etl-loader";
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = http.SignInLasts;
        options.SlidingExpiration = true;
        options.LoginPath = SignIn.LoginPath;
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnValidatePrincipal = async context =>
        {
            var ended = context.HttpContext.RequestServices.GetRequiredService<EndedSessions>();
            if (!IsStillGood(context.Principal!, http)
                || context.Principal!.Login() is not { } login || await ended.IsEndedAsync(login, context.HttpContext.RequestAborted))
            {
                context.RejectPrincipal();
                await context.HttpContext.SignOutAsync(Schemes.Session);
            }
        };
        options.Events.OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden);
        var toLogin = options.Events.OnRedirectToLogin;
        options.Events.OnRedirectToLogin = context => IsForPeople(context.Request) ? toLogin(context) : Answer(context, StatusCodes.Status401Unauthorized);
    }

    private static bool IsStillGood(ClaimsPrincipal user, HttpOptions http) => user.Identity is { Name: { } name, AuthenticationType: var way }
        && user.FindFirstValue(Identities.Stamp) == way switch
        {
            Schemes.OpenId => http.OpenIdConnect?.Authority,
            _ => http.Users.TryGetValue(name, out var configured) ? Passwords.Stamp(configured) : null,
        };

    /// <summary>A page is asked for by GET; for scripts and programs a form to fill in is not an answer.</summary>
    private static bool IsForPeople(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && !request.Path.StartsWithSegments("/api") && request.Path != AccessRule.MetricsPath;

    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}

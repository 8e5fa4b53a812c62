using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace Etl.Loader.Dashboard.Access;

/// <summary>Logins as cookies that any process of the installation accepts, as long as what let them in is still configured.</summary>
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
            if (!IsStillGood(context.Principal!, http))
            {
                context.RejectPrincipal();
                await context.HttpContext.SignOutAsync(Schemes.Session);
            }
        };
        options.Events.OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden);
        var login = options.Events.OnRedirectToLogin;
        options.Events.OnRedirectToLogin = context => IsForPeople(context.Request) ? login(context) : Answer(context, StatusCodes.Status401Unauthorized);
    }

    private static bool IsStillGood(ClaimsPrincipal user, HttpOptions http) => user.Identity is { Name: { } name, AuthenticationType: var way }
        && user.FindFirstValue(Identities.Stamp) == way switch
        {
            Schemes.OpenId => http.OpenIdConnect?.Authority,
            _ => http.Users.TryGetValue(name, out var configured) ? Passwords.Stamp(configured) : null,
        };

    /// <summary>A page is asked for by GET; for scripts and programs a form to fill in is no answer.</summary>
    private static bool IsForPeople(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && !request.Path.StartsWithSegments("/api") && request.Path != AccessRule.MetricsPath;

    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}

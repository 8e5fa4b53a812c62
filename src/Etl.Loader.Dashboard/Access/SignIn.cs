using System.Net.Mime;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Etl.Loader.Dashboard.Access;

/// <summary>Login with name and password, login at the provider, logout. Open to everyone; a login is never told which part was wrong.</summary>
internal sealed class SignIn(IAntiforgery antiforgery, GuessLimit guesses, EndedSessions ended, IOptions<HttpOptions> options, ILogger<SignIn> logger)
{
    public const string LoginPath = "/login";

    private const string Wrong = "Name or password is wrong.";
    private const string TooMany = "Too many tries. Wait a minute, then try again.";
    private const string Stale = "The page was open for too long. Try again.";

    private readonly HttpOptions _http = options.Value;

    public static void Map(IEndpointRouteBuilder endpoints, string style)
    {
        var open = endpoints.MapGroup("").AllowAnonymous().ExcludeFromDescription();
        open.MapGet("/login.css", () => Results.Text(style, "text/css"));
        open.MapGet(LoginPath, (SignIn signIn, HttpContext context, string? returnUrl, string? failed) => signIn.Show(context, returnUrl, OpenIdSignIn.Said(failed)));
        open.MapPost(LoginPath, (SignIn signIn, HttpContext context) => signIn.PostAsync(context));
        open.MapGet(LoginPath + "/openid", (SignIn signIn, HttpContext context, string? returnUrl) => signIn.LeaveAsync(context, returnUrl));
        open.MapPost("/logout", (SignIn signIn, HttpContext context) => signIn.OutAsync(context));
    }

    private IResult Show(HttpContext context, string? returnUrl, string? fault, int status = StatusCodes.Status200OK)
    {
        if (_http.Mode() != AccessMode.SignIn)
        {
            return Results.Redirect(context.Request.PathBase + "/");
        }

        var tokens = antiforgery.GetAndStoreTokens(context);
        var provider = _http.OpenIdConnect is { } openId ? new Uri(openId.Authority).Authority : null;
        var page = new LoginPage(
            context.Request.PathBase, Local(context, returnUrl), (tokens.FormFieldName, tokens.RequestToken!), _http.Users.Count > 0, provider, fault);
        return Results.Text(page.ToString(), MediaTypeNames.Text.Html, System.Text.Encoding.UTF8, status);
    }

    private async Task<IResult> PostAsync(HttpContext context)
    {
        if (_http.Users.Count == 0 || !context.Request.HasFormContentType)
        {
            return Results.BadRequest();
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (name, returnUrl) = (form["name"].ToString(), form["returnUrl"].ToString());
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Show(context, returnUrl, Stale, StatusCodes.Status400BadRequest);
        }

        var from = context.Connection.RemoteIpAddress;
        var user = _http.Users.TryGetValue(name, out var known) ? known : null;
        var shown = user is null ? "an unknown name" : name;
        if (!guesses.Allows(from, name, user is not null))
        {
            Log.SignInRefused(logger, shown, from, "too many tries");
            return Show(context, returnUrl, TooMany, StatusCodes.Status429TooManyRequests);
        }

        if (!Passwords.Verify(user, form["password"].ToString()))
        {
            Log.SignInRefused(logger, shown, from, "wrong name or password");
            return Show(context, returnUrl, Wrong, StatusCodes.Status401Unauthorized);
        }

        await context.SignInAsync(Schemes.Session, Identities.OfLogin(Schemes.Session, name, user!.Role, Passwords.Stamp(user)));
        Log.SignedIn(logger, name, user.Role, from, "password");
        return Results.Redirect(Local(context, returnUrl));
    }

    private async Task<IResult> LeaveAsync(HttpContext context, string? returnUrl)
    {
        if (_http.OpenIdConnect is null)
        {
            return Results.NotFound();
        }

        try
        {
            await context.ChallengeAsync(Schemes.OpenId, new AuthenticationProperties { RedirectUri = Local(context, returnUrl) });
            return Results.Empty;
        }
        catch (Exception away) when (away is InvalidOperationException or HttpRequestException or IOException)
        {
            Log.SignInRefused(logger, "somebody", context.Connection.RemoteIpAddress, $"the provider does not answer: {away.Message}");
            return Show(context, returnUrl, OpenIdSignIn.Away, StatusCodes.Status503ServiceUnavailable);
        }
    }

    private async Task<IResult> OutAsync(HttpContext context)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.BadRequest();
        }

        if (context.User.Login() is { } login)
        {
            await ended.EndAsync(login, context.User.Identity?.Name, context.RequestAborted);
        }

        Log.SignedOut(logger, context.User.Identity?.Name);
        await context.SignOutAsync(Schemes.Session);
        return Results.Redirect(context.Request.PathBase + LoginPath);
    }

    /// <summary>Only a path of our own: a login never leads to another site.</summary>
    private static string Local(HttpContext context, string? returnUrl) =>
        returnUrl is ['/', ..] && returnUrl is not ['/', '/' or '\\', ..] && !returnUrl.Any(char.IsControl)
            ? returnUrl
            : context.Request.PathBase + AccessRule.DashboardPath + "/loads";
}

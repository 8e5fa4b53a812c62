using Etl.Loader.Dashboard.Pages;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Antiforgery;

namespace Etl.Loader.Dashboard.Access;

/// <summary>Who is signed in, what they may do, and the way out.</summary>
internal sealed class AccountPage(string name, bool mayAct, string basePath, (string Name, string Value) field) : LoaderPage("Account")
{
    public const string Path = "/account";

    public static Task<RazorPage?> ReadAsync(PageRequest request)
    {
        var http = request.Context.GetHttpContext();
        var tokens = request.Get<IAntiforgery>().GetAndStoreTokens(http);
        var basePath = http.Request.PathBase.Value![..^AccessRule.DashboardPath.Length];
        return Task.FromResult<RazorPage?>(new AccountPage(
            http.User.Identity!.Name!, http.User.MayAct(), basePath, (tokens.FormFieldName, tokens.RequestToken!)));
    }

    /// <summary>In the menu, by their name; null for requests that needed no login.</summary>
    public static MenuItem? Item(RazorPage page) => page.Context.GetHttpContext().User.Identity is { Name: { } name, AuthenticationType: Schemes.Session or Schemes.OpenId }
        ? new MenuItem(name, page.Url.To(Path)) { Active = page.RequestPath.StartsWith(Path, StringComparison.Ordinal) }
        : null;

    protected override Markup Body() => Markup.Of($"""
        <h1 class="page-header">{name}</h1>
        <p>{(mayAct ? "Operator: reads everything, and acts on loads and lanes." : "Viewer: reads everything but the raw text of rejected rows, and changes nothing.")}</p>
        <form method="post" action="{basePath}/logout">
        <input type="hidden" name="{field.Name}" value="{field.Value}">
        <button type="submit" class="btn btn-default">Sign out</button>
        </form>
        """);
}

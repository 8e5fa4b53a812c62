using System.Net;
using System.Security.Claims;
using Etl.Loader.IntegrationTests.Support;

namespace Etl.Loader.IntegrationTests.Access;

/// <summary>Login at a provider, over the whole way: discovery, redirect, code, token, keys.</summary>
public class OpenIdTests(PostgresServer server)
{
    [Theory]
    [InlineData("etl-operators", "Operator:")]
    [InlineData("staff", "Viewer:")]
    public async Task The_claim_of_the_provider_decides_the_role(string group, string shown)
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await SiteAsync(provider);
        provider.Account = [new("sub", "1234"), new("preferred_username", "anna@example.org"), new("groups", "everybody"), new("groups", group)];
        using var anna = site.Visitor();
        Assert.Equal("/hangfire/audit?actor=kim", await SignInAsync(anna, "/login/openid?returnUrl=%2Fhangfire%2Faudit%3Factor%3Dkim"));
        var page = await anna.TextAsync("/hangfire/account");
        Assert.Contains("anna@example.org", page, StringComparison.Ordinal);
        Assert.Contains(shown, page, StringComparison.Ordinal);
        Assert.Contains("subject 1234", site.Logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_role_here_no_one_gets_in_and_the_page_says_so()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await SiteAsync(provider);
        provider.Account = [new("sub", "1234"), new("groups", "everybody")];
        using var anna = site.Visitor();
        Assert.Equal("/login?failed=role", await SignInAsync(anna, "/login/openid"));
        Assert.Contains("Your account has no role here.", await anna.TextAsync("/login?failed=role"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, await anna.StatusAsync("/hangfire/loads"));
    }

    [Fact]
    public async Task A_token_made_for_another_client_lets_no_one_in()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await SiteAsync(provider);
        provider.Account = [new("sub", "1234"), new("groups", "etl-operators")];
        provider.Audience = "another";
        using var anna = site.Visitor();
        Assert.Equal("/login?failed=openid", await SignInAsync(anna, "/login/openid"));
        Assert.Equal(HttpStatusCode.Redirect, await anna.StatusAsync("/hangfire/loads"));
    }

    [Fact]
    public async Task A_code_of_someone_elses_way_in_is_worth_nothing()
    {
        await using var provider = await OpenIdProvider.StartAsync();
        await using var site = await SiteAsync(provider);
        provider.Account = [new("sub", "1234"), new("groups", "etl-operators")];
        using var anna = site.Visitor();
        using var left = await anna.GetAsync("/login/openid");
        using var other = site.Visitor();
        using var stolen = await other.Http.GetAsync(await BackAsync(left.Headers.Location!), Site.Token);
        Assert.Equal("/login?failed=openid", stolen.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Redirect, await other.StatusAsync("/hangfire/loads"));
    }

    [Fact]
    public async Task While_the_provider_is_away_the_login_page_says_so()
    {
        var provider = await OpenIdProvider.StartAsync();
        await using var site = await SiteAsync(provider);
        await provider.DisposeAsync();
        using var anna = site.Visitor();
        using var answer = await anna.GetAsync("/login/openid");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("The sign-in service does not answer.", await answer.Content.ReadAsStringAsync(Site.Token), StringComparison.Ordinal);
    }

    private async Task<Site> SiteAsync(OpenIdProvider provider)
    {
        var site = await Site.PrepareAsync(server);
        await site.Set("OpenIdConnect:Authority", provider.Authority).Set("OpenIdConnect:ClientId", OpenIdProvider.ClientId)
            .Set("OpenIdConnect:ClientSecret", OpenIdProvider.ClientSecret).Set("OpenIdConnect:RoleClaim", "groups")
            .Set("OpenIdConnect:Operators:0", "etl-operators").Set("OpenIdConnect:Viewers:0", "staff").StartAsync();
        return site;
    }

    /// <summary>Goes the whole way; returns where it led.</summary>
    private static async Task<string> SignInAsync(Visitor visitor, string path)
    {
        using var left = await visitor.GetAsync(path);
        Assert.Equal(HttpStatusCode.Redirect, left.StatusCode);
        using var back = await visitor.Http.GetAsync(await BackAsync(left.Headers.Location!), Site.Token);
        return back.Headers.Location!.OriginalString;
    }

    /// <summary>The provider's page, at which no one has to do anything; returns the address back.</summary>
    private static async Task<Uri> BackAsync(Uri authorize)
    {
#pragma warning disable CA2000 // The client disposes its handler.
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
#pragma warning restore CA2000
        using var answer = await browser.GetAsync(authorize, Site.Token);
        return answer.Headers.Location!;
    }
}

using System.Net;
using Etl.Loader.Dashboard.Access;
using Etl.Loader.IntegrationTests.EndToEnd;
using Etl.Loader.IntegrationTests.Support;

namespace Etl.Loader.IntegrationTests.Access;

/// <summary>Who gets in, and who does not.</summary>
public class SignInTests(PostgresServer server)
{
    private static readonly string[] Closed = ["/hangfire", "/hangfire/loads", "/hangfire/audit", "/hangfire/jobs/failed", "/api/loads", "/api/lanes", "/api/openapi.json", "/metrics", "/no/such/path"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task With_users_configured_a_local_request_must_sign_in_too()
    {
        await using var site = await Site.WithPeopleAsync(server);
        using var visitor = site.Visitor();
        using (var page = await visitor.GetAsync("/hangfire/loads?q=status:failed"))
        {
            Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
            Assert.Equal("/login?returnUrl=%2Fhangfire%2Floads%3Fq%3Dstatus%3Afailed", page.Headers.Location!.PathAndQuery);
        }

        foreach (var path in Closed)
        {
            Assert.Contains(await visitor.StatusAsync(path), (HttpStatusCode[])[HttpStatusCode.Redirect, HttpStatusCode.Unauthorized]);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await visitor.StatusAsync("/api/loads"));
        Assert.Equal(HttpStatusCode.OK, await visitor.StatusAsync("/health/live"));
        Assert.Equal(HttpStatusCode.OK, await visitor.StatusAsync("/health/ready"));
    }

    [Fact]
    public async Task The_right_password_lets_in_until_logout()
    {
        await using var site = await Site.WithPeopleAsync(server);
        using var kim = site.Visitor();
        using (var answer = await kim.SignInAsync("kim", Site.Password, "/hangfire/lanes?x=1"))
        {
            Assert.Equal("/hangfire/lanes?x=1", answer.Headers.Location!.OriginalString);
            Assert.Contains(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("etl-loader=", StringComparison.Ordinal)
                && c.Contains("httponly", StringComparison.OrdinalIgnoreCase) && c.Contains("samesite=lax", StringComparison.OrdinalIgnoreCase));
        }

        Assert.Equal(HttpStatusCode.OK, await kim.StatusAsync("/hangfire/lanes"));
        Assert.Contains("Operator:", await kim.TextAsync("/hangfire/account"), StringComparison.Ordinal);

        // Without the form's token no one is signed out by a foreign page.
        using (var forged = await kim.PostFormAsync("/logout", []))
        {
            Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        }

        var token = await kim.HiddenTokenAsync("/hangfire/account");
        using (var left = await kim.PostFormAsync("/logout", [new("__RequestVerificationToken", token)]))
        {
            Assert.Equal("/login", left.Headers.Location!.OriginalString);
        }

        Assert.Equal(HttpStatusCode.Redirect, await kim.StatusAsync("/hangfire/lanes"));
        Assert.Contains("Information 1801 kim signed in as Operator", site.Logged, StringComparison.Ordinal);
        Assert.Contains("Information 1803 kim signed out", site.Logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cookie_that_was_copied_is_good_for_nothing_after_the_sign_out_on_no_process()
    {
        await using var site = await Site.WithPeopleAsync(server);
        await using var replica = Site.Over(site.Queue).WithUsers().WithKeys();
        await replica.StartAsync();
        using var kim = await site.SignedInAsync("kim");
        using var other = await site.SignedInAsync("kim");
        var cookie = CookieOf(kim);
        using var copied = site.Visitor(With(cookie, site.Address));
        using var elsewhere = replica.Visitor(With(cookie, replica.Address));
        Assert.Equal(HttpStatusCode.OK, await copied.StatusAsync("/hangfire/lanes"));
        Assert.Equal(HttpStatusCode.OK, await elsewhere.StatusAsync("/hangfire/lanes"));

        using (var left = await kim.PostFormAsync("/logout", [new("__RequestVerificationToken", await kim.HiddenTokenAsync("/hangfire/account"))]))
        {
            Assert.Equal(HttpStatusCode.Redirect, left.StatusCode);
        }

        Assert.Equal(HttpStatusCode.Redirect, await copied.StatusAsync("/hangfire/lanes"));
        Assert.Equal(HttpStatusCode.Unauthorized, await copied.StatusAsync("/api/loads"));
        await Deadline.WaitAsync(
            async () => await elsewhere.StatusAsync("/hangfire/lanes") == HttpStatusCode.Redirect ? "" : null, () => "the other process takes the cookie", token: Token);

        // Another login of the same person continues, and the end outlasts a restart.
        Assert.Equal(HttpStatusCode.OK, await other.StatusAsync("/hangfire/lanes"));
        await replica.StopAsync();
        await replica.StartAsync();
        using var later = replica.Visitor(With(cookie, replica.Address));
        Assert.Equal(HttpStatusCode.Redirect, await later.StatusAsync("/hangfire/lanes"));
    }

    [Fact]
    public async Task A_sign_out_while_the_queue_database_is_away_holds_at_once_and_is_reported_later()
    {
        await using var cluster = await PrivateCluster.CreateAsync(Token);
        await using var site = Site.Over(await cluster.CreateDatabaseAsync("queue", Token)).WithUsers();
        await site.StartAsync();
        using var kim = await site.SignedInAsync("kim");
        using var copied = site.Visitor(With(CookieOf(kim), site.Address));
        var token = await kim.HiddenTokenAsync("/hangfire/account");
        await cluster.StopAsync(Token);
        using (var left = await kim.PostFormAsync("/logout", [new("__RequestVerificationToken", token)]))
        {
            Assert.Equal(HttpStatusCode.Redirect, left.StatusCode);
        }

        Assert.Contains("Warning 1807 kim", site.Logged, StringComparison.Ordinal);
        await cluster.StartAsync(Token);
        Assert.Equal(HttpStatusCode.Redirect, await copied.StatusAsync("/hangfire/lanes"));
        using var again = await site.SignedInAsync("vera");
        await Deadline.WaitAsync(
            async () => await again.StatusAsync("/hangfire/account") == HttpStatusCode.OK && await site.ScalarAsync<long>("SELECT count(*) FROM etl_loader.ended_sessions") == 1 ? "" : null,
            () => "the end of the login was not told",
            token: Token);
    }

    [Theory]
    [InlineData("kim", "wrong horse battery")]
    [InlineData("kim", "")]
    [InlineData("KIM", Site.Password)]
    [InlineData(Site.Password, Site.Password)]
    public async Task A_wrong_name_or_password_is_refused_in_the_same_words(string name, string password)
    {
        await using var site = await Site.WithPeopleAsync(server);
        using var visitor = site.Visitor();
        using var answer = await visitor.SignInAsync(name, password);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("Name or password is wrong.", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, await visitor.StatusAsync("/hangfire/loads"));
        Assert.Contains($"1802 A sign-in for {(name == "kim" ? "kim" : "an unknown name")} from", site.Logged, StringComparison.Ordinal);
        Assert.DoesNotContain(Site.Password, site.Logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guessing_is_stopped_and_then_not_even_the_right_password_helps()
    {
        await using var site = await Site.WithPeopleAsync(server);
        using var visitor = site.Visitor();
        for (var i = 0; i < GuessLimit.PerNetwork; i++)
        {
            using var guess = await visitor.SignInAsync("kim", "wrong horse battery");
            Assert.Equal(HttpStatusCode.Unauthorized, guess.StatusCode);
        }

        using var right = await visitor.SignInAsync("kim", Site.Password);
        Assert.Equal(HttpStatusCode.TooManyRequests, right.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    public async Task A_login_never_leads_to_another_site(string returnUrl)
    {
        await using var site = await Site.WithPeopleAsync(server);
        using var kim = site.Visitor();
        using var answer = await kim.SignInAsync("kim", Site.Password, returnUrl);
        Assert.Equal("/hangfire/loads", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_login_without_the_forms_token_is_refused()
    {
        await using var site = await Site.WithPeopleAsync(server);
        using var visitor = site.Visitor();
        using var answer = await visitor.PostFormAsync("/login", [new("name", "kim"), new("password", Site.Password)]);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.False(answer.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(c => c.StartsWith("etl-loader=", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_login_outlives_a_restart_and_ends_when_the_role_changes()
    {
        await using var site = await Site.WithPeopleAsync(server);
        using var kim = await site.SignedInAsync("kim");
        await site.StopAsync();
        await site.StartAsync();
        using var again = site.Visitor(kim.Cookies);
        Assert.Equal(HttpStatusCode.OK, await again.StatusAsync("/hangfire/loads"));

        await site.StopAsync();
        await site.Set("Users:kim:Role", "viewer").StartAsync();
        using var later = site.Visitor(kim.Cookies);
        Assert.Equal(HttpStatusCode.Redirect, await later.StatusAsync("/hangfire/loads"));
    }

    [Fact]
    public async Task Any_replica_takes_the_login_and_the_form_of_another()
    {
        await using var one = await Site.PrepareAsync(server);
        await using var other = Site.Over(one.Queue);

        // Both at once on an empty database: neither may keep a key that the other does not know.
        await Task.WhenAll(one.WithUsers().StartAsync(), other.WithUsers().StartAsync());
        using var here = one.Visitor();
        using var elsewhere = other.Visitor();
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], await Task.WhenAll(here.StatusAsync("/login"), elsewhere.StatusAsync("/login")));
        Assert.Equal(1L, await one.ScalarAsync<long>("SELECT count(*) FROM etl_loader.signing_keys"));
        using var kim = await one.SignedInAsync("kim");
        using var there = other.Visitor(kim.Cookies);
        Assert.Equal(HttpStatusCode.OK, await there.StatusAsync("/hangfire/loads"));
        using var answer = await there.PostFormAsync("/hangfire/stats", [new("metrics[]", "servers:count")], await kim.FormTokenAsync());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task On_an_address_that_others_reach_nothing_but_health_answers_until_someone_can_sign_in(bool keys)
    {
        await using var site = (await Site.PrepareAsync(server)).Set("Address", "0.0.0.0");
        if (keys)
        {
            site.WithKeys();
        }

        await site.StartAsync();
        using var visitor = site.Visitor();
        foreach (var path in Closed)
        {
            Assert.Equal(HttpStatusCode.Forbidden, await visitor.StatusAsync(path));
        }

        Assert.Equal(HttpStatusCode.OK, await visitor.StatusAsync("/health/ready"));
        Assert.Contains("Warning 1800", site.Logged, StringComparison.Ordinal);
        Assert.Contains("Set Loader:Http:Users or Loader:Http:OpenIdConnect", site.Logged, StringComparison.Ordinal);
        using var program = site.WithKey(Site.ViewerKey);
        Assert.Equal(keys ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, await program.StatusAsync("/api/loads"));
    }

    [Theory]
    [InlineData(null, "X-Forwarded-For", "127.0.0.1")]
    [InlineData(null, "Forwarded", "for=127.0.0.1")]
    [InlineData("127.0.0.1", "X-Forwarded-For", "127.0.0.1")]
    [InlineData("127.0.0.1", "X-Forwarded-For", "203.0.113.7")]
    [InlineData("127.0.0.1", null, null)]
    public async Task No_one_passes_for_local_through_a_proxy(string? knownProxy, string? header, string? value)
    {
        await using var site = await Site.PrepareAsync(server);
        if (knownProxy is not null)
        {
            site.Set("KnownProxies:0", knownProxy);
        }

        await site.StartAsync();
        using var visitor = site.Visitor();
        if (header is not null)
        {
            visitor.Http.DefaultRequestHeaders.Add(header, value);
        }

        foreach (var path in Closed)
        {
            Assert.Equal(HttpStatusCode.Forbidden, await visitor.StatusAsync(path));
        }
    }

    [Fact]
    public async Task Behind_a_known_proxy_the_guesses_of_each_client_are_counted_apart()
    {
        await using var site = (await Site.PrepareAsync(server)).WithUsers().Set("KnownProxies:0", "127.0.0.1");
        await site.StartAsync();
        using var guesser = site.Visitor();
        guesser.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        for (var i = 0; i <= GuessLimit.PerNetwork; i++)
        {
            using var guess = await guesser.SignInAsync("nobody", "wrong horse battery");
        }

        using var kim = site.Visitor();
        kim.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.8");
        using var answer = await kim.SignInAsync("kim", Site.Password);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Contains("1801 kim signed in as Operator from 203.0.113.8", site.Logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_a_path_of_a_proxy_login_and_pages_stay_below_it()
    {
        await using var site = (await Site.PrepareAsync(server)).WithUsers().Set("PathBase", "/etl");
        await site.StartAsync();
        using var kim = new Visitor(new Uri(site.Address.GetLeftPart(UriPartial.Authority)), new CookieContainer());
        Assert.Contains("action=\"/etl/login\"", await kim.TextAsync("/etl/login"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await kim.StatusAsync("/etl/login.css"));
        var token = await kim.HiddenTokenAsync("/etl/login");
        using var answer = await kim.PostFormAsync("/etl/login", [new("name", "kim"), new("password", Site.Password), new("__RequestVerificationToken", token)]);
        Assert.Equal("/etl/hangfire/loads", answer.Headers.Location!.OriginalString);
        Assert.Contains("action=\"/etl/logout\"", await kim.TextAsync("/etl/hangfire/account"), StringComparison.Ordinal);
    }

    private static string CookieOf(Visitor visitor) => visitor.Cookies.GetAllCookies().First(c => c.Name == "etl-loader").Value;

    private static CookieContainer With(string cookie, Uri address)
    {
        var cookies = new CookieContainer();
        cookies.Add(address, new Cookie("etl-loader", cookie));
        return cookies;
    }
}

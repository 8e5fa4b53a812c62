using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Etl.Loader.Dashboard.Access;
using Microsoft.AspNetCore.Http;

namespace Etl.Loader.Tests.Access;

public class WaysInTests
{
    private static readonly ClaimsPrincipal Nobody = new();
    private static readonly ClaimsPrincipal Viewer = Identities.Of(Schemes.Session, "vera", Role.Viewer);
    private static readonly ClaimsPrincipal Operator = Identities.Of(Schemes.Session, "kim", Role.Operator);

    [Theory]
    [InlineData("127.0.0.1", null, false, "Local")]
    [InlineData("::1", null, false, "Local")]
    [InlineData("0.0.0.0", null, false, "Closed")]
    [InlineData("127.0.0.1", "127.0.0.1", false, "Closed")]
    [InlineData("0.0.0.0", null, true, "SignIn")]
    [InlineData("127.0.0.1", null, true, "SignIn")]
    public void Only_a_port_that_no_one_else_reaches_is_open_to_this_machine_without_login(string address, string? proxy, bool users, string mode)
    {
        var http = new HttpOptions { Address = address, KnownProxies = proxy is null ? [] : [proxy] };
        if (users)
        {
            http.Users["kim"] = new UserOptions();
        }

        Assert.Equal(mode, http.Mode().ToString());
    }

    [Theory]
    [InlineData("127.0.0.1", "localhost", null, true)]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1:5080", null, true)]
    [InlineData("::1", "[::1]:5080", null, true)]
    [InlineData("192.0.2.1", "localhost", null, false)]
    [InlineData("127.0.0.1", "rebound.example", null, false)]
    [InlineData("127.0.0.1", "localhost", "X-Forwarded-For", false)]
    [InlineData("127.0.0.1", "localhost", "X-Forwarded-Proto", false)]
    [InlineData("127.0.0.1", "localhost", "Forwarded", false)]
    [InlineData("127.0.0.1", "localhost", "Via", false)]
    public void A_request_is_local_only_if_nothing_says_otherwise(string from, string host, string? header, bool local)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(from);
        context.Request.Host = new HostString(host);
        if (header is not null)
        {
            context.Request.Headers[header] = "127.0.0.1";
        }

        Assert.Equal(local, LocalRequests.Allows(context));
    }

    [Theory]
    [InlineData("GET", "/hangfire/loads", true)]
    [InlineData("POST", "/hangfire/stats", true)]
    [InlineData("POST", "/hangfire/stats/", false)]
    [InlineData("POST", "/hangfire/anything/new", false)]
    [InlineData("DELETE", "/api/loads", false)]
    [InlineData("PATCH", "/nobody/thought/of/it", false)]
    public void A_viewer_reads_and_sends_nothing(string method, string path, bool allowed)
    {
        Assert.Equal(allowed, Allows(Viewer, method, path));
        Assert.True(Allows(Operator, method, path));
        Assert.False(Allows(Nobody, method, path));
    }

    [Theory]
    [InlineData("login", false)]
    [InlineData("open", true)]
    public void Metrics_are_open_only_where_configured(string metrics, bool allowed)
    {
        Assert.Equal(allowed, Allows(Nobody, "GET", "/metrics", metrics));
        Assert.False(Allows(Nobody, "GET", "/metrics/more", metrics));
        Assert.False(Allows(Nobody, "POST", "/metrics", metrics));
        Assert.True(Allows(Viewer, "GET", "/metrics", metrics));
    }

    [Fact]
    public void A_key_is_known_by_its_hash_alone()
    {
        var keys = new Dictionary<string, ApiKeyOptions>
        {
            ["reader"] = new() { Hash = Sha256("one"), Role = Role.Viewer },
            ["ci"] = new() { Hash = Sha256("two").ToUpperInvariant(), Role = Role.Operator },
        };
        Assert.Equal(("ci", Role.Operator), ApiKeyAuthentication.Find(keys, "two"));
        Assert.Null(ApiKeyAuthentication.Find(keys, "three"));
        Assert.Null(ApiKeyAuthentication.Find(keys, Sha256("one")));
    }

    [Fact]
    public void A_password_is_verified_and_never_that_of_a_name_that_there_is_not()
    {
        var user = new UserOptions { PasswordHash = Passwords.Hash("correct horse"), Role = Role.Viewer };
        Assert.True(Passwords.IsHash(user.PasswordHash));
        Assert.True(Passwords.Verify(user, "correct horse"));
        Assert.False(Passwords.Verify(user, "Correct horse"));
        Assert.False(Passwords.Verify(null, "correct horse"));
    }

    [Fact]
    public void A_login_ends_with_the_password_and_with_the_role()
    {
        var hash = Passwords.Hash("correct horse");
        var stamp = Passwords.Stamp(new UserOptions { PasswordHash = hash, Role = Role.Operator });
        Assert.Equal(stamp, Passwords.Stamp(new UserOptions { PasswordHash = hash, Role = Role.Operator }));
        Assert.NotEqual(stamp, Passwords.Stamp(new UserOptions { PasswordHash = hash, Role = Role.Viewer }));
        Assert.NotEqual(stamp, Passwords.Stamp(new UserOptions { PasswordHash = Passwords.Hash("correct horse"), Role = Role.Operator }));
    }

    [Theory]
    [InlineData("kim", true)]
    [InlineData("nobody", false)]
    public void Guessing_is_slowed_by_network_and_by_name(string name, bool known)
    {
        using var byNetwork = new GuessLimit();
        Assert.All(Enumerable.Range(0, GuessLimit.PerNetwork), i => Assert.True(byNetwork.Allows(IPAddress.Parse($"2001:db8::{i}"), $"name{i}", known: true)));
        Assert.False(byNetwork.Allows(IPAddress.Parse("2001:db8::ffff"), "another", known: true));
        Assert.True(byNetwork.Allows(IPAddress.Parse("2001:db8:1::1"), "another", known: true));

        using var byName = new GuessLimit();
        Assert.All(Enumerable.Range(0, GuessLimit.PerName), i => Assert.True(byName.Allows(IPAddress.Parse($"192.0.2.{i}"), name, known)));
        Assert.False(byName.Allows(IPAddress.Parse("198.51.100.1"), name, known));
        Assert.True(byName.Allows(IPAddress.Parse("198.51.100.1"), "vera", known: true));
    }

    [Theory]
    [InlineData("admins", Role.Operator)]
    [InlineData("staff", Role.Viewer)]
    public void A_providers_claim_decides_the_role(string value, object role) =>
        Assert.Equal((Role)role, OpenIdSignIn.RoleOf(["other", value], new OpenIdOptions { Operators = ["admins"], Viewers = ["staff"] }));

    [Fact]
    public void Without_a_value_that_is_configured_there_is_no_role()
    {
        Assert.Null(OpenIdSignIn.RoleOf(["other"], new OpenIdOptions { Operators = ["admins"], Viewers = ["staff"] }));
        Assert.Equal(Role.Viewer, OpenIdSignIn.RoleOf([], new OpenIdOptions { Operators = ["admins"], Viewers = ["*"] }));
    }

    [Fact]
    public void A_name_from_a_provider_cannot_pass_for_a_key() =>
        Assert.Equal("key_ci", OpenIdSignIn.NameOf(new ClaimsPrincipal(new ClaimsIdentity([new Claim("preferred_username", "key ci")])), new OpenIdOptions()));

    private static bool Allows(ClaimsPrincipal user, string method, string path, string metrics = "login")
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path) = (method, path);
        return AccessRule.Allows(user, context.Request, new HttpOptions { Metrics = metrics });
    }

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

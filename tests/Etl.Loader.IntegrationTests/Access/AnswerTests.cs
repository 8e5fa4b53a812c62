using System.Net;
using Etl.Loader.Inboxes;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using Etl.Loader.Queue.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Etl.Loader.IntegrationTests.Access;

/// <summary>What holds for every answer: headers, no secrets, and what is said while the queue database is away.</summary>
public class AnswerTests(PostgresServer server)
{
    private static readonly string[] Pages =
    [
        "/", "/login", "/login.css", "/health/live", "/health/ready", "/hangfire", "/hangfire/loads", "/hangfire/lanes", "/hangfire/watchers", "/hangfire/audit", "/hangfire/account",
        "/hangfire/jobs/enqueued", "/hangfire/servers", "/hangfire/recurring", "/hangfire/retries", "/api/loads", "/api/lanes", "/api/watchers", "/api/openapi.json", "/api/loads/xyz",
        "/no/such/path",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_answer_shows_browsers_what_they_may_do()
    {
        await using var site = (await Site.PrepareAsync(server)).WithUsers().Set("KnownProxies:0", "127.0.0.1");
        await site.StartAsync();
        using var kim = await site.SignedInAsync("kim");
        using var nobody = site.Visitor();
        foreach (var visitor in new[] { kim, nobody })
        {
            foreach (var path in Pages)
            {
                using var answer = await visitor.GetAsync(path);
                Assert.Contains("frame-ancestors 'none'", Header(answer, "Content-Security-Policy"), StringComparison.Ordinal);
                Assert.Contains("default-src 'self'", Header(answer, "Content-Security-Policy"), StringComparison.Ordinal);
                Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
                Assert.Equal("same-origin", Header(answer, "Referrer-Policy"));
                Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
                Assert.False(answer.Headers.Contains("Server"));
            }
        }

        kim.Http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        kim.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        using var overTls = await kim.GetAsync("/hangfire/loads");
        Assert.StartsWith("max-age=", Header(overTls, "Strict-Transport-Security"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Secrets_are_in_no_answer_and_in_no_log(bool reachable)
    {
        var secret = $"s3cret{Random.Shared.NextInt64():x}";
        var queue = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync("web")) { Password = secret, Passfile = null };
        if (reachable)
        {
            queue.Username = $"web_{secret[^8..]}";
            await using var administration = new NpgsqlConnection(await server.CreateDatabaseAsync("roles"));
            await administration.OpenAsync(Token);
            await using var create = new NpgsqlCommand($"CREATE ROLE {queue.Username} SUPERUSER LOGIN PASSWORD '{secret}'", administration);
            await create.ExecuteNonQueryAsync(Token);
        }

        await using var site = Site.Over(queue.ConnectionString).WithUsers().WithKeys();
        site.Set("OpenIdConnect:Authority", "http://127.0.0.1:9").Set("OpenIdConnect:ClientId", "etl").Set("OpenIdConnect:ClientSecret", "client" + secret).Set("OpenIdConnect:Viewers:0", "*");
        await site.StartAsync(waitForDatabase: reachable);
        string[] secrets = [secret, Site.PasswordHash, Site.OperatorKey, Site.Sha256(Site.OperatorKey), Site.Sha256(Site.ViewerKey), Site.Password];
        using var kim = site.Visitor();
        using (await kim.SignInAsync("kim", Site.Password))
        {
        }

        using var program = site.WithKey(Site.OperatorKey);
        using var wrong = site.WithKey("wrong" + Site.OperatorKey);
        foreach (var visitor in new[] { kim, program, wrong, site.Visitor() })
        {
            foreach (var path in Pages.Append("/login/openid"))
            {
                using var answer = await visitor.GetAsync(path);
                var reported = $"{answer} {await answer.Content.ReadAsStringAsync(Token)}";
                Assert.All(secrets, s => Assert.DoesNotContain(s, reported, StringComparison.OrdinalIgnoreCase));
            }
        }

        Assert.Equal(reachable ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, await program.StatusAsync("/api/loads"));
        await site.StopAsync();
        Assert.NotEmpty(site.Logged);
        Assert.All(secrets, s => Assert.DoesNotContain(s, site.Logged, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task While_the_queue_database_is_away_a_process_starts_health_answers_and_all_else_says_so()
    {
        await using var cluster = await PrivateCluster.CreateAsync(Token);
        var queue = await cluster.CreateDatabaseAsync("queue", Token);
        await cluster.StopAsync(Token);
        await using var site = Site.Over(queue).WithUsers().WithKeys();
        await site.StartAsync(waitForDatabase: false);
        using var visitor = site.Visitor();
        Assert.Equal("live", await visitor.TextAsync("/health/live"));
        Assert.Equal("ready", await visitor.TextAsync("/health/ready"));
        using (var login = await visitor.GetAsync("/login"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, login.StatusCode);
            Assert.Contains("The queue database does not answer", await login.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
            Assert.Contains("default-src", Header(login, "Content-Security-Policy"), StringComparison.Ordinal);
        }

        using var program = site.WithKey(Site.OperatorKey);
        using (var list = await program.GetAsync("/api/loads"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, list.StatusCode);
            Assert.Equal("application/problem+json", list.Content.Headers.ContentType!.MediaType);
        }

        await cluster.StartAsync(Token);
        await site.Services.GetRequiredService<DatabaseReadiness>().WaitAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
        using var kim = await site.SignedInAsync("kim");
        Assert.Equal(HttpStatusCode.OK, await kim.StatusAsync("/hangfire/loads"));

        // Away again: who was signed in is known, and the actions say what is the matter.
        await cluster.StopAsync(Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await kim.StatusAsync("/hangfire/audit"));
        using var cancel = await program.PostJsonAsync("/api/loads/0195b2c4/cancel");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, cancel.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await visitor.StatusAsync("/health/ready"));
        await cluster.StartAsync(Token);
    }

    [Fact]
    public async Task The_audit_is_paged_by_key()
    {
        await using var site = await Site.WithPeopleAsync(server);
        await File.WriteAllTextAsync(Path.Combine(site.Inbox, "orders.csv"), "id\n1\n", Token);
        await site.Get<FileAcceptor>().AcceptInAsync("warehouse", ["orders.csv"], null, null, new AcceptedBy("kim", "once"), Token);
        for (var i = 0; i < 4; i++)
        {
            await site.Get<ILoadActions>().PauseAsync("warehouse", now: false, new Actor("kim", $"{i}"), Token);
            await site.Get<ILoadActions>().ResumeAsync("warehouse", new Actor("ann", null), Token);
        }

        var queries = site.Get<ILoadQueries>();
        var first = await queries.AuditAsync(new AuditFilter(Actor: "kim", Target: "warehouse"), null, 3, Token);
        Assert.Equal(["3", "2", "1"], first.Entries.Select(e => e.Reason));
        var rest = await queries.AuditAsync(new AuditFilter(Actor: "kim", Target: "warehouse"), first.Next, 3, Token);
        Assert.Equal(["0", "once"], rest.Entries.Select(e => e.Reason));
        Assert.Null(rest.Next);
    }

    private static string Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(' ', values) : "";
}

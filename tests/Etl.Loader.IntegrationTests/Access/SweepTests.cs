using System.Net;
using System.Text.RegularExpressions;
using Etl.Loader.Dashboard.Access;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Hangfire.Dashboard;
using Microsoft.AspNetCore.Routing;

namespace Etl.Loader.IntegrationTests.Access;

/// <summary>Whatever is asked of whatever address, the answer is never that something unexpected has happened.</summary>
public partial class SweepTests(PostgresServer server)
{
    private static readonly string[] Garbage =
    [
        "1'", "x", "-1", "0", "99999999999999999999", "1.5", "%00", "%FF", "..%2f..", "a%20b", "%27%20OR%201=1--", "%F0%9F%92%A9", "0195b2c4-0000-7000-8000-000000000000",
        new string('9', 400), new string('a', 3000),
    ];

    private static readonly HttpMethod[] Methods = [HttpMethod.Get, HttpMethod.Head, HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch, HttpMethod.Options];

    private static readonly string[] Queries = ["", "?from=x&count=y", "?from=-5&count=-5", "?from=99999999999&count=99999999999", "?q=status:x&after=x&limit=x", "?id=x&action=y&live=1&have=%00", "?q=%00"];

    [Fact]
    public async Task No_address_answers_that_something_unexpected_has_happened()
    {
        await using var site = await Site.WithPeopleAsync(server);
        await File.WriteAllTextAsync(Path.Combine(site.Inbox, "orders.csv"), "id\n1\n", Site.Token);
        await site.Get<Inboxes.FileAcceptor>().AcceptInAsync("warehouse", ["orders.csv"], null, null, new AcceptedBy("test", null), Site.Token);
        using var kim = await site.SignedInAsync("kim");
        using var program = site.WithKey(Site.OperatorKey);
        var token = await kim.FormTokenAsync();
        var asked = 0;
        var unexpected = new List<string>();
        foreach (var (visitor, path, often) in Addresses(site, kim, program).Distinct())
        {
            foreach (var method in often ? Methods : [HttpMethod.Get])
            {
                foreach (var body in Bodies(method))
                {
                    using var request = new HttpRequestMessage(method, path) { Content = body };
                    request.Headers.TryAddWithoutValidation("RequestVerificationToken", token);
                    using var answer = await visitor.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Site.Token);
                    asked++;
                    if ((int)answer.StatusCode >= 500 && answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                    {
                        unexpected.Add($"{method} {path} {body?.Headers.ContentType}: {(int)answer.StatusCode}");
                    }

                    Assert.DoesNotContain("trace", answer.Content.Headers.ContentType?.MediaType == "application/problem+json" ? await answer.Content.ReadAsStringAsync(Site.Token) : "", StringComparison.Ordinal);
                }
            }
        }

        Assert.True(asked > 1000, $"{asked} requests");
        Assert.True(unexpected.Count == 0, string.Join('\n', unexpected.Take(50)) + "\n" + string.Join('\n', site.Logged.Split('\n').Where(line => line.StartsWith("Error", StringComparison.Ordinal)).Distinct().Take(20)));
    }

    [Fact]
    public async Task What_is_not_an_id_is_not_found_and_what_takes_no_get_says_so()
    {
        await using var site = await Site.WithPeopleAsync(server);
        using var kim = await site.SignedInAsync("kim");
        Assert.Equal(HttpStatusCode.NotFound, await kim.StatusAsync("/hangfire/jobs/details/1'"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await kim.StatusAsync("/hangfire/loads/actions/requeue"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await kim.StatusAsync("/hangfire/loads/actions/bulk"));
        Assert.Equal(HttpStatusCode.BadRequest, await kim.StatusAsync("/hangfire/loads/bulk?id=x"));
    }

    private static IEnumerable<(Visitor Visitor, string Path, bool WithEveryMethod)> Addresses(Site site, Visitor kim, Visitor program)
    {
        foreach (var dispatcher in DashboardRoutes.Routes.GetType().GetFields(System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)
            .Select(f => f.GetValue(DashboardRoutes.Routes)).OfType<IEnumerable<Tuple<string, IDashboardDispatcher>>>().First())
        {
            var pattern = dispatcher.Item1.Trim('^', '$');
            foreach (var (path, often) in Variable().IsMatch(pattern) ? Of(Garbage, garbage => Variable().Replace(pattern, garbage)) : Of(Queries, query => pattern + query))
            {
                yield return (kim, AccessRule.DashboardPath + path, often);
            }
        }

        foreach (var endpoint in site.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/')).Where(p => !p.StartsWith(AccessRule.DashboardPath, StringComparison.Ordinal)))
        {
            foreach (var (path, often) in endpoint.Contains('{', StringComparison.Ordinal) ? Of(Garbage, garbage => Parameter().Replace(endpoint, garbage)) : Of(Queries, query => endpoint + query))
            {
                yield return (program, path, often);
                if (!path.StartsWith("/logout", StringComparison.Ordinal))
                {
                    // Who signs out sees nothing of what follows.
                    yield return (kim, path, often);
                }
            }
        }
    }

    /// <summary>Of the values the first few are tried with every method.</summary>
    private static IEnumerable<(string Path, bool WithEveryMethod)> Of(string[] values, Func<string, string> path) => values.Select((value, i) => (path(value), i < 2));

    private static IEnumerable<HttpContent?> Bodies(HttpMethod method)
    {
        yield return null;
        if (method == HttpMethod.Post)
        {
            yield return new StringContent("{\"a\":", System.Text.Encoding.UTF8, "application/json");
            yield return new StringContent("{\"inbox\":\"\\u0000\",\"path\":\"\\u0000\"}", System.Text.Encoding.UTF8, "application/json");
            yield return new FormUrlEncodedContent([new("id", "1'"), new("jobs[]", "1'"), new("kind", "x"), new("metrics[]", "x")]);
            yield return new StringContent("--x\r\nbroken", System.Text.Encoding.UTF8, "multipart/form-data");
        }
    }

    [GeneratedRegex(@"\(\?<\w+>.+?\)(?=/|$)|\[0-9\]\+")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}

using System.Net;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Hangfire.Dashboard;

namespace Etl.Loader.IntegrationTests.Access;

/// <summary>A viewer can do nothing, each action tried by its address; and no one acts without a page's token.</summary>
public class RoleTests(PostgresServer server)
{
    /// <summary>Every route of Hangfire's that changes something; its pages are read by GET.</summary>
    private static readonly string[] HangfireActions =
    [
        "/jobs/enqueued/delete", "/jobs/enqueued/requeue", "/jobs/processing/delete", "/jobs/processing/requeue", "/jobs/scheduled/enqueue", "/jobs/scheduled/delete",
        "/jobs/succeeded/requeue", "/jobs/failed/requeue", "/jobs/failed/delete", "/jobs/deleted/requeue", "/jobs/awaiting/enqueue", "/jobs/awaiting/delete",
        "/jobs/actions/requeue/{job}", "/jobs/actions/delete/{job}", "/recurring/remove", "/recurring/trigger",
    ];

    private static readonly string[] OurActions =
        ["/loads/actions/reload", "/loads/actions/requeue", "/loads/actions/cancel", "/lanes/actions/pause", "/lanes/actions/resume"];

    private static readonly string[] ApiActions =
        ["/api/loads", "/api/loads/{load}/requeue", "/api/loads/{load}/reload", "/api/loads/{load}/cancel", "/api/lanes/warehouse/pause", "/api/lanes/warehouse/resume"];

    private const string State =
        "SELECT (SELECT json_agg(l) FROM (SELECT * FROM etl_loader.load ORDER BY sequence) l)::text || coalesce((SELECT json_agg(s) FROM etl_loader.lane_status s)::text, '')"
        + " || (SELECT json_agg(j) FROM (SELECT id, statename FROM hangfire.job ORDER BY id) j)::text || (SELECT count(*) FROM etl_loader.audit)";

    [Fact]
    public async Task Every_action_of_a_viewer_is_refused_and_changes_nothing()
    {
        await using var site = await Site.WithPeopleAsync(server);
        var (load, job) = await LoadAsync(site);
        using var vera = await site.SignedInAsync("vera");
        var token = await vera.FormTokenAsync();
        var before = await site.ScalarAsync<string>(State);
        foreach (var path in HangfireActions.Concat(OurActions).Select(p => "/hangfire" + p))
        {
            foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete])
            {
                Assert.Equal(HttpStatusCode.Forbidden, await SendFormAsync(vera, method, Filled(path, load, job), load, job, token));
            }

            // Not to be gone round by a GET that carries a form either.
            Assert.Contains(
                await SendFormAsync(vera, HttpMethod.Get, Filled(path, load, job), load, job, token),
                (HttpStatusCode[])[HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.BadRequest]);
        }

        using var program = site.WithKey(Site.ViewerKey);
        foreach (var path in ApiActions)
        {
            using (var byCookie = await vera.PostJsonAsync(Filled(path, load, job), new { inbox = "warehouse", path = "orders.csv" }, token))
            {
                Assert.Equal(HttpStatusCode.Forbidden, byCookie.StatusCode);
            }

            using var byKey = await program.PostJsonAsync(Filled(path, load, job));
            Assert.Equal(HttpStatusCode.Forbidden, byKey.StatusCode);
            Assert.Contains("needs the role operator", await byKey.Content.ReadAsStringAsync(Site.Token), StringComparison.Ordinal);
        }

        Assert.Equal(before, await site.ScalarAsync<string>(State));
        Assert.Contains("Warning 1805 vera", site.Logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_reads_and_sees_no_buttons()
    {
        await using var site = await Site.WithPeopleAsync(server);
        var (load, job) = await LoadAsync(site);
        using var vera = await site.SignedInAsync("vera");
        foreach (var path in (string[])["loads", $"loads/{load}", "lanes", "watchers", "audit", "account", "jobs/enqueued/loads-warehouse-2", $"jobs/details/{job}", "servers", "recurring", "retries"])
        {
            using var page = await vera.GetAsync($"/hangfire/{path}");
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            var html = await page.Content.ReadAsStringAsync(Site.Token);
            Assert.DoesNotContain("etl-action", html, StringComparison.Ordinal);
            Assert.DoesNotContain("data-ajax=", html, StringComparison.Ordinal);
            Assert.DoesNotContain("js-jobs-list-command", html, StringComparison.Ordinal);
        }

        using var stats = await vera.PostFormAsync("/hangfire/stats", [new("metrics[]", "servers:count")], await vera.FormTokenAsync());
        Assert.Equal(HttpStatusCode.OK, stats.StatusCode);
    }

    [Fact]
    public async Task No_action_is_done_without_the_token_of_a_page()
    {
        await using var site = await Site.WithPeopleAsync(server);
        var (load, job) = await LoadAsync(site);
        using var kim = await site.SignedInAsync("kim");
        using var vera = await site.SignedInAsync("vera");
        var foreign = await vera.FormTokenAsync();
        var before = await site.ScalarAsync<string>(State);
        foreach (var token in new[] { null, "made up", foreign })
        {
            foreach (var path in HangfireActions.Concat(OurActions).Select(p => "/hangfire" + p))
            {
                Assert.Equal(HttpStatusCode.Forbidden, await SendFormAsync(kim, HttpMethod.Post, Filled(path, load, job), load, job, token));
            }

            // Who may act is not asked to become an operator.
            using (var reported = await kim.PostFormAsync("/hangfire/loads/actions/cancel", [new("id", load.ToString())], token))
            {
                var text = await reported.Content.ReadAsStringAsync(Site.Token);
                Assert.Contains("token of an open page", text, StringComparison.Ordinal);
                Assert.DoesNotContain("role operator", text, StringComparison.Ordinal);
            }

            foreach (var path in ApiActions)
            {
                using var answer = await kim.PostJsonAsync(Filled(path, load, job), new { }, token);
                Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            }
        }

        Assert.Equal(before, await site.ScalarAsync<string>(State));
    }

    [Fact]
    public async Task What_an_operator_does_is_audited_under_their_name_whichever_button_they_press()
    {
        await using var site = await Site.WithPeopleAsync(server);
        var (load, job) = await LoadAsync(site);
        using var kim = await site.SignedInAsync("kim");
        var token = await kim.FormTokenAsync();
        using (var paused = await kim.PostFormAsync("/hangfire/lanes/actions/pause", [new("id", "warehouse"), new("reason", " vacuum ")], token))
        {
            Assert.Equal(HttpStatusCode.OK, paused.StatusCode);
        }

        using (var deleted = await kim.PostFormAsync($"/hangfire/jobs/actions/delete/{job}", [], token))
        {
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }

        using (var requeued = await kim.PostJsonAsync($"/api/loads/{load}/requeue", new { reason = "mistake" }, token))
        {
            Assert.Equal(HttpStatusCode.NoContent, requeued.StatusCode);
        }

        Assert.Equal(
            "kim pause warehouse vacuum; kim cancel warehouse -; kim requeue warehouse mistake",
            await site.ScalarAsync<string>(
                "SELECT string_agg(concat_ws(' ', actor, action, target, coalesce(reason, '-')), '; ' ORDER BY id) FROM etl_loader.audit WHERE actor = 'kim' AND database_role = session_user"));

        var page = await kim.TextAsync("/hangfire/audit?actor=kim&target=warehouse&load=" + load);
        Assert.Contains("mistake", page, StringComparison.Ordinal);
        Assert.DoesNotContain("vacuum", page, StringComparison.Ordinal);
        Assert.Contains("Nobody has done anything that matches the filter", await kim.TextAsync("/hangfire/audit?actor=vera"), StringComparison.Ordinal);
        Assert.Contains("No load has the id", await kim.TextAsync("/hangfire/audit?load=ffff"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_route_of_the_dashboard_is_tried_by_these_tests()
    {
        await using var site = await Site.WithPeopleAsync(server);
        using var kim = await site.SignedInAsync("kim");
        using var vera = await site.SignedInAsync("vera");
        var token = await vera.FormTokenAsync();
        foreach (var dispatcher in Dispatchers().Where(d => !d.Pattern.Contains("stats", StringComparison.Ordinal)))
        {
            // Whatever a later version adds falls under the rule.
            var path = "/hangfire" + System.Text.RegularExpressions.Regex.Replace(dispatcher.Pattern.Trim('^', '$'), @"\(\?<\w+>.+\)|\[0-9\]\+", "1");
            Assert.Equal(HttpStatusCode.Forbidden, await SendFormAsync(vera, HttpMethod.Post, path, default, "1", token));
        }
    }

    private static IEnumerable<(string Pattern, IDashboardDispatcher Dispatcher)> Dispatchers()
    {
        var list = typeof(RouteCollection).GetFields(System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)
            .Select(f => f.GetValue(DashboardRoutes.Routes)).OfType<IEnumerable<Tuple<string, IDashboardDispatcher>>>().First();
        return list.Select(t => (t.Item1, t.Item2));
    }

    /// <summary>One that waits, with its job.</summary>
    private static async Task<(LoadId Load, string Job)> LoadAsync(Site site)
    {
        await File.WriteAllTextAsync(Path.Combine(site.Inbox, "orders.csv"), "id\n1\n", Site.Token);
        var (load, _) = await site.Get<Inboxes.FileAcceptor>().AcceptInAsync("warehouse", ["orders.csv"], null, null, new AcceptedBy("test", null), Site.Token);
        return (load, await site.ScalarAsync<string>($"SELECT job_id FROM etl_loader.load WHERE load_id = '{load}'"));
    }

    private static string Filled(string path, LoadId load, string job) =>
        path.Replace("{load}", load.ToString(), StringComparison.Ordinal).Replace("{job}", job, StringComparison.Ordinal);

    private static async Task<HttpStatusCode> SendFormAsync(Visitor visitor, HttpMethod method, string path, LoadId load, string job, string? token)
    {
        var id = path.Contains("lanes", StringComparison.Ordinal) ? "warehouse" : load.ToString();
        using var request = new HttpRequestMessage(method, path) { Content = new FormUrlEncodedContent([new("id", id), new("jobs[]", job)]) };
        if (token is not null)
        {
            request.Headers.Add("RequestVerificationToken", token);
        }

        using var answer = await visitor.Http.SendAsync(request, Site.Token);
        return answer.StatusCode;
    }
}

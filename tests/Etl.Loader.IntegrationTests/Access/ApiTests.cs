using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;

namespace Etl.Loader.IntegrationTests.Access;

public class ApiTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dataset_of_an_inbox_is_accepted_found_cancelled_requeued_and_reloaded()
    {
        await using var site = await Site.WithPeopleAsync(server);
        using var program = site.WithKey(Site.OperatorKey);
        Directory.CreateDirectory(Path.Combine(site.Inbox, "sub"));
        await File.WriteAllTextAsync(Path.Combine(site.Inbox, "sub", "Orders 2026.csv"), "id\n1\n", Token);
        using var accepted = await program.PostJsonAsync("/api/loads", new { inbox = "warehouse", path = "sub/Orders 2026.csv", reason = "first" });
        Assert.Equal(HttpStatusCode.Created, accepted.StatusCode);
        var body = await accepted.Content.ReadFromJsonAsync<JsonElement>(Token);
        var load = body.GetProperty("load_id").GetString();
        Assert.Equal($"/api/loads/{load}", accepted.Headers.Location!.OriginalString);
        Assert.Equal("orders_2026", body.GetProperty("table_name").GetString());
        Assert.True(File.Exists(Path.Combine(site.Inbox, "sub", "Orders 2026.csv.queued")));

        var found = await JsonAsync(program, $"/api/loads/{load![..23]}");
        Assert.Equal("queued", found.GetProperty("load").GetProperty("status").GetString());
        Assert.Equal(1, (await JsonAsync(program, "/api/loads?q=table:orders_* status:queued&limit=5")).GetProperty("loads").GetArrayLength());
        Assert.Equal(0, (await JsonAsync(program, "/api/loads?q=status:failed")).GetProperty("loads").GetArrayLength());

        await ExpectAsync(HttpStatusCode.Conflict, program.PostJsonAsync($"/api/loads/{load}/requeue"), "only a failed or cancelled load");
        await ExpectAsync(HttpStatusCode.NoContent, program.PostJsonAsync($"/api/loads/{load}/cancel", new { reason = "mistake" }));
        await ExpectAsync(HttpStatusCode.Conflict, program.PostJsonAsync($"/api/loads/{load}/cancel"), "is already cancelled");
        await ExpectAsync(HttpStatusCode.NoContent, program.PostJsonAsync($"/api/loads/{load}/requeue"));
        using var again = await program.PostJsonAsync($"/api/loads/{load}/reload", new { reason = "twice" });
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.NotEqual(load, (await again.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("load_id").GetString());
        Assert.Equal(
            "accept first, cancel mistake, requeue -, reload twice",
            await site.ScalarAsync<string>(
                $"SELECT string_agg(action || ' ' || coalesce(reason, '-'), ', ' ORDER BY id) FROM etl_loader.audit WHERE actor = 'key ci' AND load_id = '{load}' AND target = 'warehouse'"));
    }

    [Fact]
    public async Task A_lane_is_paused_with_a_reason_and_resumed()
    {
        await using var site = await Site.WithPeopleAsync(server);
        using var program = site.WithKey(Site.OperatorKey);
        await ExpectAsync(HttpStatusCode.NotFound, program.PostJsonAsync("/api/lanes/warehouse/pause"), "There is no lane 'warehouse'");
        await File.WriteAllTextAsync(Path.Combine(site.Inbox, "orders.csv"), "id\n1\n", Token);
        await ExpectAsync(HttpStatusCode.Created, program.PostJsonAsync("/api/loads", new { inbox = "warehouse", path = "orders.csv" }));
        await ExpectAsync(HttpStatusCode.NoContent, program.PostJsonAsync("/api/lanes/warehouse/pause", new { reason = "vacuum", now = true }));
        await ExpectAsync(HttpStatusCode.Conflict, program.PostJsonAsync("/api/lanes/warehouse/pause", new { reason = "mine" }), "already paused by key ci");
        var lane = (await JsonAsync(program, "/api/lanes"))[0];
        Assert.Equal(("key ci", "vacuum", 1), (lane.GetProperty("paused_by").GetString(), lane.GetProperty("pause_reason").GetString(), lane.GetProperty("queued_loads").GetInt32()));
        await ExpectAsync(HttpStatusCode.NoContent, program.PostJsonAsync("/api/lanes/warehouse/resume", new { }));
        Assert.Equal(JsonValueKind.Null, (await JsonAsync(program, "/api/lanes"))[0].GetProperty("paused_by").ValueKind);
        Assert.Equal(0, (await JsonAsync(program, "/api/watchers")).GetArrayLength());
    }

    [Theory]
    [InlineData("../../etc/shadow")]
    [InlineData("/etc/shadow")]
    [InlineData("sub/../../../etc/shadow")]
    [InlineData("link.csv")]
    [InlineData("linked/shadow")]
    [InlineData("nowhere.csv")]
    [InlineData(".etl-loader-inbox")]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task Nothing_outside_of_the_inbox_is_accepted(string path)
    {
        await using var site = await Site.WithPeopleAsync(server);
        using var program = site.WithKey(Site.OperatorKey);
        File.CreateSymbolicLink(Path.Combine(site.Inbox, "link.csv"), "/etc/shadow");
        File.CreateSymbolicLink(Path.Combine(site.Inbox, "linked"), "/etc");
        using var answer = await program.PostJsonAsync("/api/loads", new { inbox = "warehouse", path });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        using var asFiles = await program.PostJsonAsync("/api/loads", new { inbox = "warehouse", files = new[] { path } });
        Assert.Equal(HttpStatusCode.BadRequest, asFiles.StatusCode);
        Assert.Equal(0L, await site.ScalarAsync<long>("SELECT count(*) FROM etl_loader.load"));
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("{\"inbox\": \"warehouse\", \"pth\": \"orders.csv\"}", HttpStatusCode.BadRequest, "does not match the expected JSON")]
    [InlineData("{\"inbox\": ", HttpStatusCode.BadRequest, "does not match the expected JSON")]
    [InlineData("{\"inbox\": \"warehouse\"}", HttpStatusCode.BadRequest, "exactly one of path and files")]
    [InlineData("{\"inbox\": \"nowhere\", \"path\": \"orders.csv\"}", HttpStatusCode.NotFound, "There is no inbox 'nowhere'")]
    [InlineData("{\"inbox\": \"warehouse\", \"path\": \"orders.csv\", \"target\": \"other\"}", HttpStatusCode.BadRequest, "The target 'other' is not open")]
    [InlineData("{\"inbox\": \"warehouse\", \"path\": \"orders.csv\", \"table\": \"etl_loader.load\"}", HttpStatusCode.BadRequest, "is reserved")]
    public async Task What_cannot_be_accepted_is_said(string body, HttpStatusCode status, string part)
    {
        await using var site = await Site.WithPeopleAsync(server);
        using var program = site.WithKey(Site.OperatorKey);
        await File.WriteAllTextAsync(Path.Combine(site.Inbox, "orders.csv"), "id\n1\n", Token);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        await ExpectAsync(status, program.Http.PostAsync(new Uri("/api/loads", UriKind.Relative), content, Token), part);
    }

    [Theory]
    [InlineData("/api/loads?q=colour:red", HttpStatusCode.BadRequest, "colour")]
    [InlineData("/api/loads?after=x", HttpStatusCode.BadRequest, "'x' is not a valid page key")]
    [InlineData("/api/loads?limit=many", HttpStatusCode.BadRequest, "limit")]
    [InlineData("/api/loads/0195b2c4-8e70-7d2f-9c11-5e0c6f3a1b22", HttpStatusCode.NotFound, "No load has the id")]
    [InlineData("/api/loads/xyz", HttpStatusCode.BadRequest, "is not a load id")]
    [InlineData("/api/nothing", HttpStatusCode.NotFound, "nothing at this address")]
    public async Task A_fault_is_reported_as_problem_details(string path, HttpStatusCode status, string part)
    {
        await using var site = await Site.WithPeopleAsync(server);
        using var program = site.WithKey(Site.ViewerKey);
        await ExpectAsync(status, program.GetAsync(path), part);
    }

    [Theory]
    [InlineData("Bearer", "wrong")]
    [InlineData("Bearer", "")]
    [InlineData("Basic", "a2ltOmNvcnJlY3QgaG9yc2UgYmF0dGVyeQ==")]
    public async Task A_wrong_key_is_refused_and_never_helped_by_a_login(string scheme, string key)
    {
        await using var site = await Site.WithPeopleAsync(server);
        using var kim = await site.SignedInAsync("kim");
        kim.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"{scheme} {key}");
        using var answer = await kim.GetAsync("/api/loads");
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        await ExpectAsync(HttpStatusCode.Unauthorized, kim.GetAsync("/api/loads"), "Send an API key");
    }

    [Fact]
    public async Task A_producer_finds_its_own_delivery_among_others_of_the_same_name()
    {
        await using var site = await Site.WithPeopleAsync(server);
        using var program = site.WithKey(Site.ViewerKey);
        var spec = new LoadSpec { Inbox = "warehouse", Dataset = "orders.csv", Target = "warehouse", TableName = "orders", Files = [] };
        var own = new NewLoad(LoadId.New(TimeProvider.System), spec) { Delivery = "run:7" };
        await site.Get<IAcceptLoads>().AcceptAsync([new NewLoad(LoadId.New(TimeProvider.System), spec), own, new NewLoad(LoadId.New(TimeProvider.System), spec)], Token);

        var found = await JsonAsync(program, "/api/inboxes/warehouse/deliveries/run:7");
        Assert.Equal((own.Id.ToString(), "queued"), (found.GetProperty("load").GetProperty("id").GetString(), found.GetProperty("load").GetProperty("status").GetString()));
        await ExpectAsync(HttpStatusCode.NotFound, program.GetAsync("/api/inboxes/warehouse/deliveries/run:8"), "no delivery with the id 'run:8'");
        await ExpectAsync(HttpStatusCode.NotFound, program.GetAsync("/api/inboxes/lake/deliveries/run:7"), "Inbox 'lake'");
    }

    [Fact]
    public async Task The_document_names_every_path_and_what_it_may_answer()
    {
        await using var site = await Site.WithPeopleAsync(server);
        using var program = site.WithKey(Site.ViewerKey);
        var document = await JsonAsync(program, "/api/openapi.json");
        Assert.StartsWith("3.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var paths = document.GetProperty("paths");
        Assert.Equal(
            [
                "/api/inboxes/{inbox}/deliveries/{id}", "/api/lanes", "/api/lanes/{target}/pause", "/api/lanes/{target}/resume", "/api/loads", "/api/loads/{id}", "/api/loads/{id}/cancel", "/api/loads/{id}/reload",
                "/api/loads/{id}/requeue", "/api/watchers",
            ],
            paths.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        var answers = paths.GetProperty("/api/loads").GetProperty("post").GetProperty("responses").EnumerateObject().Select(p => p.Name);
        Assert.Equal(["201", "400", "401", "403", "404", "503"], answers.Order(StringComparer.Ordinal));
        Assert.Equal("bearer", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("key").GetProperty("scheme").GetString());
    }

    private static async Task<JsonElement> JsonAsync(Visitor visitor, string path)
    {
        using var answer = await visitor.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    /// <summary>For a fault: problem details, whose detail has the given part.</summary>
    private static async Task ExpectAsync(HttpStatusCode status, Task<HttpResponseMessage> asking, string? part = null)
    {
        using var answer = await asking;
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(status == answer.StatusCode, $"{(int)answer.StatusCode} {text}");
        if (part is not null)
        {
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            using var problem = JsonDocument.Parse(text);
            Assert.Equal((int)status, problem.RootElement.GetProperty("status").GetInt32());
            Assert.NotEmpty(problem.RootElement.GetProperty("title").GetString()!);
            Assert.NotEmpty(problem.RootElement.GetProperty("type").GetString()!);
            Assert.Contains(part, problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }
}

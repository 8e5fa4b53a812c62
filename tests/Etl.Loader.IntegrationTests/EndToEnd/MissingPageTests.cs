using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>What browsers and programs are answered at addresses where there is nothing, and to HEAD wherever GET is answered.</summary>
public sealed class MissingPageTests(SharedUp shared) : IClassFixture<SharedUp>
{
    private const string Nobody = "01935b0e-0000-7000-8000-000000000000";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/hangfire/loads/" + Nobody, "No such load", "The ledger has no load " + Nobody)]
    [InlineData("/hangfire/loads/000000000000", "No such load", "000000000000")]
    [InlineData("/hangfire/loads/<b>", "No such load", "is not a load id")]
    [InlineData("/hangfire/nothing/here", "Nothing here", "There is nothing at this address.")]
    [InlineData("/nothing/here", "Not Found", "There is nothing at this address.")]
    public async Task A_browser_is_shown_a_page_that_leads_back(string path, string title, string says)
    {
        await using var chrome = await Chrome.OpenAsync(width: 390);
        var page = chrome.Page;
        var answer = await page.GotoAsync(new Uri(shared.Up.Ready.Dashboard, Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal)).ToString());
        Assert.Equal(404, answer!.Status);
        Assert.StartsWith("text/html", answer.Headers["content-type"], StringComparison.Ordinal);
        await Expect(page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = title })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync(says);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), "wider than a phone");
        await chrome.TakeAsync($"missing-{path.Count(c => c == '/')}-{title.Replace(' ', '-')}");
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { NameRegex = new("^Show (all|the) loads$") }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Loads", Exact = true })).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("/api/loads/" + Nobody)]
    [InlineData("/api/nothing")]
    [InlineData("/nothing")]
    public async Task A_program_gets_problem_details(string path)
    {
        using var client = Client("application/json");
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal(404, (await answer.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task The_api_answers_json_to_a_browser_too()
    {
        using var client = Client("text/html");
        using var answer = await client.GetAsync(new Uri("/api/loads/" + Nobody, UriKind.Relative), Token);
        Assert.Equal((HttpStatusCode.NotFound, false), (answer.StatusCode, answer.Content.Headers.ContentType?.ToString().StartsWith("text/html", StringComparison.Ordinal) ?? false));
    }

    [Fact]
    public async Task A_short_id_leads_to_the_page_of_its_load()
    {
        shared.Up.Deliver("lake", "short.csv", "id\n1\n");
        await shared.Up.LoadedAsync("lake", "short.csv");
        var load = (await shared.Up.QueueAsync("SELECT load_id FROM etl_loader.load WHERE dataset = 'short.csv'"))[0][0]!;
        using var client = Client("text/html");
        using var answer = await client.GetAsync(new Uri($"/hangfire/loads/{load[^12..]}", UriKind.Relative), Token);
        Assert.Equal((HttpStatusCode.Redirect, $"/hangfire/loads/{load}"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
    }

    [Fact]
    public async Task Head_is_answered_wherever_get_is_with_the_same_status_and_no_content()
    {
        shared.Up.Deliver("lake", "headed.csv", "id\n1\n");
        await shared.Up.LoadedAsync("lake", "headed.csv");
        var load = (await shared.Up.QueueAsync("SELECT load_id FROM etl_loader.load WHERE dataset = 'headed.csv'"))[0][0];
        using var client = Client("text/html");
        var wrong = new List<string>();
        foreach (var path in (string[])
            [
                "/", "/login", "/login.css", "/health/live", "/health/ready", "/metrics", "/hangfire", "/hangfire/loads", $"/hangfire/loads/{load}", "/hangfire/loads/bulk", "/hangfire/tables",
                "/hangfire/tables/lake/main.headed", "/hangfire/lanes", "/hangfire/watchers", "/hangfire/audit", "/hangfire/jobs/failed", "/hangfire/servers", "/hangfire/nothing",
                "/api/loads", $"/api/loads/{load}", "/api/lanes", "/api/watchers", "/api/openapi.json", "/api/nothing", "/nothing",
            ])
        {
            using var get = await client.GetAsync(new Uri(path, UriKind.Relative), Token);
            using var ask = new HttpRequestMessage(HttpMethod.Head, path);
            using var head = await client.SendAsync(ask, Token);
            if (head.StatusCode != get.StatusCode || get.StatusCode == HttpStatusCode.MethodNotAllowed
                || head.Content.Headers.ContentType?.MediaType != get.Content.Headers.ContentType?.MediaType || (await head.Content.ReadAsByteArrayAsync(Token)).Length > 0)
            {
                wrong.Add($"{path}: GET {(int)get.StatusCode} {get.Content.Headers.ContentType}, HEAD {(int)head.StatusCode} {head.Content.Headers.ContentType}");
            }
        }

        Assert.Equal("", string.Join("\n", wrong));
    }

    private HttpClient Client(string accept)
    {
#pragma warning disable CA2000 // The client disposes its handler.
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = shared.Up.Ready.Dashboard };
#pragma warning restore CA2000
        client.DefaultRequestHeaders.Accept.ParseAdd(accept);
        return client;
    }
}

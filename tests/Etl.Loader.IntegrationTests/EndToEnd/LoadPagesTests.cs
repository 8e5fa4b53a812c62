using System.Globalization;
using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>What people do at the pages of loads, with a real browser, loader and database.</summary>
public sealed class LoadPagesTests(SharedUp shared) : IClassFixture<SharedUp>
{
    private const string Declared = """{"schema": {"id": "bigint"}}""";
    private static readonly LocatorAssertionsToBeVisibleOptions Patiently = new() { Timeout = 60_000 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_load_is_watched_another_breaks_is_found_by_filter_read_repaired_requeued_and_seen_loaded()
    {
        await using var chrome = await Chrome.OpenAsync();
        var page = chrome.Page;
        await page.GotoAsync(shared.Up.Ready.Dashboard.ToString());

        // A speed needs two reports of one stage, a second apart, and a look of the page after them.
        shared.Up.Deliver("warehouse", "orders_2026.csv", Rows(6_000_000));

        await page.Locator(".etl-lane-now a", new PageLocatorOptions { HasTextString = "loading orders_2026" }).ClickAsync();
        await Expect(page.Locator(".etl-live[data-part=now] progress")).ToBeVisibleAsync(Patiently);
        await Expect(page.Locator(".etl-now")).ToContainTextAsync("B/s", new LocatorAssertionsToContainTextOptions { Timeout = 60_000 });
        await Expect(page.Locator(".etl-live[data-part=now] .label", new PageLocatorOptions { HasTextString = "loaded" })).ToBeVisibleAsync(Patiently);
        await Expect(page.GetByText("published: 6,000,000 rows")).ToBeVisibleAsync();

        shared.Up.Deliver("warehouse", "returns.csv", "id,name\n1,one\nx2,two\n", Declared);
        await shared.Up.FailedAsync("warehouse", "returns.csv");
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { NameRegex = new("^Loads") }).ClickAsync();
        await page.GetByRole(AriaRole.Searchbox, new PageGetByRoleOptions { Name = "Filter" }).FillAsync("status:failed file:returns*");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".etl-loads tbody tr")).ToHaveCountAsync(1);
        Assert.Contains("q=status%3Afailed", page.Url, StringComparison.Ordinal);
        await page.Locator(".etl-loads a.etl-id").ClickAsync();
        await Expect(page.Locator(".etl-page .alert-danger")).ToContainTextAsync("x2");

        shared.Up.Put("warehouse", "returns.csv", "id,name\n1,one\n2,two\n");
        page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Requeue" }).ClickAsync();
        await Expect(page.Locator(".etl-live[data-part=now] .label", new PageLocatorOptions { HasTextString = "loaded" })).ToBeVisibleAsync(Patiently);
        await Expect(page.Locator(".etl-live[data-part=attempts] tbody > tr")).ToHaveCountAsync(2);
        Assert.Equal("2", Assert.Single(await shared.Up.WarehouseAsync("SELECT count(*) FROM returns"))[0]);
        Assert.Empty(chrome.Errors);
    }

    [Fact]
    public async Task Two_hundred_failed_loads_are_requeued_after_a_preview_with_a_reason_each_in_the_audit()
    {
        const int many = 200;
        var files = Enumerable.Range(0, many).Select(i => $"bulk_{i:000}.csv").ToArray();
        foreach (var file in files)
        {
            shared.Up.Deliver("warehouse", file, $"id,name\n{file},one\n", Declared);
        }

        foreach (var file in files)
        {
            await shared.Up.FailedAsync("warehouse", file, TimeSpan.FromMinutes(3));
            shared.Up.Put("warehouse", file, "id,name\n7,one\n");
        }

        await using var chrome = await Chrome.OpenAsync();
        var page = chrome.Page;
        await page.GotoAsync(new Uri(shared.Up.Ready.Dashboard, "/hangfire/loads?q=status%3Afailed%20file%3Abulk_*").ToString());
        await page.Locator(".etl-all-requeue").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Requeue 200 loads" })).ToBeVisibleAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(20);
        await Expect(page.Locator("ul.list-unstyled li").First).ToContainTextAsync("200");

        // Without a reason nothing is done.
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Requeue 200 loads" }).ClickAsync();
        await Expect(page.Locator(".etl-bulk-result")).ToBeHiddenAsync();
        await page.GetByLabel("Reason").FillAsync("producer mended");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Requeue 200 loads" }).DblClickAsync();
        await Expect(page.Locator(".etl-bulk-result")).ToContainTextAsync("Done: 200 of 200", new LocatorAssertionsToContainTextOptions { Timeout = 120_000 });

        var audit = await shared.Up.QueueAsync(
            "SELECT count(*), count(DISTINCT load_id) FROM etl_loader.audit WHERE action = 'requeue' AND reason = 'producer mended' AND actor LIKE 'local@%'");
        Assert.Equal([$"{many}", $"{many}"], audit[0]);
        string? loaded = null;
        await Deadline.WaitAsync(
            async () => (loaded = (await shared.Up.QueueAsync("SELECT count(*) FROM etl_loader.load WHERE dataset LIKE 'bulk%' AND status = 'loaded'"))[0][0]) == $"{many}" ? loaded : null,
            () => $"{loaded} of {many} are loaded",
            TimeSpan.FromMinutes(3),
            Token);
        Assert.Empty(chrome.Errors);
    }

    [Fact]
    public async Task Hangfires_own_buttons_keep_to_the_rules_and_say_so()
    {
        shared.Up.Deliver("warehouse", "ruled.csv", "id\n1\n");
        await shared.Up.LoadedAsync("warehouse", "ruled.csv");
        var job = await JobAsync("ruled.csv", "Succeeded");
        await using var chrome = await Chrome.OpenAsync();
        var page = chrome.Page;
        await page.GotoAsync(new Uri(shared.Up.Ready.Dashboard, $"/hangfire/jobs/details/{job}").ToString());
        page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await page.Locator("button[data-ajax*='/jobs/actions/requeue/']").First.ClickAsync();
        await Expect(page.Locator(".etl-job .alert")).ToContainTextAsync("Requeue refused: the load was loaded at ");
        await page.Locator(".etl-job a").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "ruled.csv" })).ToBeVisibleAsync();

        (await shared.Up.RunVerbAsync("pause", "warehouse", "--reason", "held")).Ended(0);
        try
        {
            shared.Up.Deliver("warehouse", "deleted.csv", "id\n1\n");
            await QueuedAsync("deleted.csv");
            Assert.Equal(204, await PressAsync(page, $"jobs/actions/delete/{await JobAsync("deleted.csv", "Enqueued")}"));
            Assert.Equal("cancelled", await StatusAsync("deleted.csv"));

            // Meanwhile a load that waits says why.
            shared.Up.Deliver("warehouse", "held.csv", "id\n1\n");
            await QueuedAsync("held.csv");
            var held = (await shared.Up.QueueAsync("SELECT load_id FROM etl_loader.load WHERE dataset = 'held.csv'"))[0][0];
            await page.GotoAsync(new Uri(shared.Up.Ready.Dashboard, $"/hangfire/loads/{held}").ToString());
            await Expect(page.Locator(".etl-waits")).ToContainTextAsync(": held");
            await Expect(page.Locator(".etl-waits")).ToContainTextAsync("was paused by ");
        }
        finally
        {
            await shared.Up.RunVerbAsync("resume", "warehouse");
        }

        // The browser notes the refused request on its own.
        Assert.DoesNotContain(chrome.Errors, error => !error.Contains("422", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_open_page_is_sent_only_what_changed()
    {
        shared.Up.Deliver("warehouse", "quiet.csv", "id\n1\n");
        await shared.Up.LoadedAsync("warehouse", "quiet.csv");
        var load = (await shared.Up.QueueAsync("SELECT load_id FROM etl_loader.load WHERE dataset = 'quiet.csv'"))[0][0];
        using var client = new HttpClient { BaseAddress = shared.Up.Ready.Dashboard };
        var whole = await client.GetStringAsync(new Uri($"/hangfire/loads/{load}", UriKind.Relative), Token);
        var marks = System.Text.RegularExpressions.Regex.Matches(whole, "data-part=\"(\\w+)\" data-mark=\"(\\w+)\"").Select(m => $"{m.Groups[1]}.{m.Groups[2]}").ToArray();
        Assert.Equal(5, marks.Length);

        using var unchanged = await client.GetAsync(new Uri($"/hangfire/loads/{load}?live=1&have={string.Join(',', marks)}", UriKind.Relative), Token);
        Assert.Equal(System.Net.HttpStatusCode.NoContent, unchanged.StatusCode);
        var part = await client.GetStringAsync(new Uri($"/hangfire/loads/{load}?live=1&have={string.Join(',', marks.Skip(1))}", UriKind.Relative), Token);
        Assert.StartsWith("<div class=\"etl-live\" data-part=\"now\"", part, StringComparison.Ordinal);
        Assert.DoesNotContain("data-part=\"facts\"", part, StringComparison.Ordinal);

        // A page that names no parts, too.
        using var lanes = await client.GetAsync(new Uri("/hangfire/watchers?live=1", UriKind.Relative), Token);
        Assert.DoesNotContain("<html", await lanes.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.NotNull(lanes.Headers.ETag);
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1400)]
    [InlineData(ColorScheme.Light, 400)]
    [InlineData(ColorScheme.Dark, 1400)]
    [InlineData(ColorScheme.Dark, 400)]
    public async Task The_pages_fit_light_and_dark_wide_and_narrow_windows(ColorScheme scheme, int width)
    {
        shared.Up.DeliverSample("warehouse", "airports.csv");
        await shared.Up.LoadedAsync("warehouse", "airports.csv");
        shared.Up.Deliver("warehouse", "broken.csv", "id,name\nx,one\n", Declared);
        await shared.Up.FailedAsync("warehouse", "broken.csv");
        await using var chrome = await Chrome.OpenAsync(scheme, width);
        var loads = await shared.Up.QueueAsync("SELECT load_id FROM etl_loader.load WHERE dataset IN ('airports.csv', 'broken.csv') ORDER BY dataset, sequence DESC");
        foreach (var (name, path) in (IEnumerable<(string, string)>)[
            ("loads-page", "/hangfire/loads"), ("load-loaded", $"/hangfire/loads/{loads[0][0]}"), ("load-failed", $"/hangfire/loads/{loads[^1][0]}"),
            ("loads-bulk", "/hangfire/loads/bulk?action=requeue&q=status:failed")])
        {
            await chrome.Page.GotoAsync(new Uri(shared.Up.Ready.Dashboard, path).ToString());
            await Expect(chrome.Page.Locator(".etl-page h1")).ToBeVisibleAsync();
            await chrome.TakeAsync(string.Create(CultureInfo.InvariantCulture, $"{name}-{scheme.ToString().ToLowerInvariant()}-{width}"));
            Assert.True(await chrome.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), $"{name} is wider than its window");
        }

        Assert.Empty(chrome.Errors);
    }

    private static byte[] Rows(int count)
    {
        var text = new StringBuilder("id,name,amount\n", count * 24);
        for (var i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i},name {i % 1000},{i % 100000}.5\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>By the page's own script, which sends the antiforgery token as Hangfire's buttons do; the status of the answer.</summary>
    private static Task<int> PressAsync(IPage page, string path) =>
        page.EvaluateAsync<int>($"() => new Promise(done => $.post('/hangfire/{path}').always((a, b, c) => done((c.status ? c : a).status)))");

    private async Task<string?> StatusAsync(string dataset) =>
        (await shared.Up.QueueAsync($"SELECT status FROM etl_loader.load WHERE dataset = '{dataset}'")).FirstOrDefault()?[0];

    private Task<string> QueuedAsync(string dataset) =>
        Deadline.WaitAsync(async () => await StatusAsync(dataset) == "queued" ? dataset : null, () => $"{dataset} was not accepted", token: Token);

    private Task<string> JobAsync(string dataset, string state) => Deadline.WaitAsync(
        async () => (await shared.Up.QueueAsync(
            $"SELECT j.id FROM hangfire.job j JOIN etl_loader.load l ON l.job_id = j.id::text WHERE l.dataset = '{dataset}' AND j.statename = '{state}'")).FirstOrDefault()?[0],
        () => $"the job of {dataset} is not {state}",
        token: Token);
}

using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>How failed loads look: one number wherever they are counted, and red where they ended.</summary>
public sealed class FailedPageTests(SharedUp shared) : IClassFixture<SharedUp>
{
    [Fact]
    public async Task The_badge_counts_failed_loads_refused_triggers_included_and_the_stage_that_failed_is_not_green()
    {
        shared.Up.Deliver("warehouse", "refused.csv", "id\n1\n", """{ "target": "mars" }""");
        shared.Up.Deliver("warehouse", "broken.csv", "id\n1\nx\n", """{"schema": {"id": "bigint"}}""");
        shared.Up.Deliver("warehouse", "declared.csv", "id,n\n1,2\nx,3\n", """{"schema": {"id": "bigint", "n": "text"}, "rejects": {"max": 1}}""");
        await shared.Up.FailedAsync("warehouse", "refused.csv");
        var broken = (await shared.Up.FailedAsync("warehouse", "broken.csv")).LoadId;
        var declared = (await shared.Up.LoadedAsync("warehouse", "declared.csv")).LoadId;
        Assert.Equal([["1"]], await shared.Up.QueueAsync("SELECT count(*) FROM hangfire.job WHERE statename = 'Failed'"));

        foreach (var width in (int[])[1280, 390])
        {
            await using var chrome = await Chrome.OpenAsync(width: width);
            var page = chrome.Page;
            await page.GotoAsync(new Uri(shared.Up.Ready.Dashboard, "/hangfire/loads?q=status%3Afailed").ToString());
            await Expect(page.Locator(".etl-tabs li.active .badge")).ToHaveTextAsync("2");
            await Expect(page.Locator(".navbar a[href$='/loads'] .metric")).ToHaveTextAsync("2");
            await Expect(page.Locator(".navbar a[href*='/jobs/'] .metric-danger")).ToHaveCountAsync(0);
            await chrome.TakeAsync($"failed-list-{width}");

            foreach (var hangfires in (string[])["", "/jobs/enqueued", "/jobs/failed", "/retries", "/servers"])
            {
                // Also after Hangfire's script has asked for its numbers: once it has, the page knows how many servers there are.
                await page.GotoAsync(new Uri(shared.Up.Ready.Dashboard, "/hangfire" + hangfires).ToString());
                await Expect(page.Locator(".navbar a[href$='/loads'] .metric")).ToHaveTextAsync("2");
                await page.EvaluateAsync("() => new Promise(polled => $(document).ajaxComplete((_, request, settings) => settings.url.endsWith('/stats') && polled()))");
                await Expect(page.Locator("[data-metric^='failed:']:visible")).ToHaveCountAsync(0);
                await Expect(page.Locator(".navbar a[href$='/loads'] .metric")).ToHaveTextAsync("2");
            }

            await page.GotoAsync(new Uri(shared.Up.Ready.Dashboard, $"/hangfire/loads/{broken}").ToString());
            await Expect(page.Locator(".etl-stages .etl-stage-failed")).ToContainTextAsync("failed");
            Assert.Equal(
                "rgb(181, 43, 39)",
                await page.Locator(".etl-stages .etl-stage-failed").EvaluateAsync<string>("stage => getComputedStyle(stage).borderTopColor"));
            Assert.Equal(
                0,
                await page.Locator(".etl-stages li").EvaluateAllAsync<int>(
                    "stages => { const failed = stages.findIndex(s => s.classList.contains('etl-stage-failed')); return stages.slice(failed).filter(s => s.classList.contains('etl-stage-done')).length; }"));
            await Expect(page.Locator(".etl-facts code").First).ToHaveTextAsync(broken[^12..]);
            await chrome.TakeAsync($"failed-load-{width}");

            await page.GotoAsync(new Uri(shared.Up.Ready.Dashboard, $"/hangfire/loads/{declared}").ToString());
            await Expect(page.Locator(".etl-page .label", new PageLocatorOptions { HasTextString = "widened" })).ToHaveCountAsync(0);
            await Expect(page.Locator(".etl-page")).ToContainTextAsync("published: 1 row in");
            await chrome.TakeAsync($"declared-{width}");
            Assert.Empty(chrome.Errors);
        }
    }
}

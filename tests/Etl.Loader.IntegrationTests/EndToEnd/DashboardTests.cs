using Microsoft.Playwright;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>The dashboard in a real browser; its pictures are for people to look at.</summary>
public sealed class DashboardTests(SharedUp shared) : IClassFixture<SharedUp>
{
    private static readonly string[] Samples = ["airports.csv", "seattle-weather.csv", "unemployment.tsv", "zipcodes.csv"];

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task The_dashboard_shows_the_loaded_samples_without_an_error(ColorScheme scheme)
    {
        foreach (var sample in Samples)
        {
            shared.Up.DeliverSample("warehouse", sample);
            await shared.Up.LoadedAsync("warehouse", sample);
        }

        await using var chrome = await Chrome.OpenAsync(scheme);
        var page = chrome.Page;
        await page.GotoAsync(shared.Up.Ready.Dashboard.ToString());
        foreach (var sample in Samples)
        {
            await Assertions.Expect(page.Locator(".etl-loads").GetByText(sample).First).ToBeVisibleAsync();
        }

        await chrome.TakeAsync($"loads-{scheme.ToString().ToLowerInvariant()}");
        foreach (var name in (string[])["lanes", "watchers"])
        {
            await page.GotoAsync(new Uri(shared.Up.Ready.Dashboard, $"/hangfire/{name}").ToString());
            await Assertions.Expect(page.GetByText("warehouse").First).ToBeVisibleAsync();
            await chrome.TakeAsync($"{name}-{scheme.ToString().ToLowerInvariant()}");
        }

        Assert.Empty(chrome.Errors);
    }
}

using Etl.Loader.IntegrationTests.EndToEnd.Browser;
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

        await using var chromium = await Chromium.LaunchAsync();
        var page = await chromium.Browser.NewPageAsync(new BrowserNewPageOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = 1280, Height = 800 } });
        var errors = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => errors.Add(error);

        await page.GotoAsync(shared.Up.Ready.Dashboard.ToString());
        foreach (var sample in Samples)
        {
            await Assertions.Expect(page.GetByText(sample).First).ToBeVisibleAsync();
        }

        await TakeAsync(page, "loads", scheme);
        foreach (var name in (string[])["lanes", "watchers"])
        {
            await page.GotoAsync(new Uri(shared.Up.Ready.Dashboard, $"/hangfire/{name}").ToString());
            await Assertions.Expect(page.GetByText("warehouse").First).ToBeVisibleAsync();
            await TakeAsync(page, name, scheme);
        }

        Assert.Empty(errors);
    }

    private static Task<byte[]> TakeAsync(IPage page, string name, ColorScheme scheme) => page.ScreenshotAsync(new PageScreenshotOptions
    {
        Path = Path.Combine(Repository.Root, "artifacts", "screenshots", $"{name}-{scheme.ToString().ToLowerInvariant()}.png"),
    });
}

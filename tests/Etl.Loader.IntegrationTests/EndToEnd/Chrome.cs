using Etl.Loader.IntegrationTests.EndToEnd.Browser;
using Microsoft.Playwright;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>Debian's Chromium with one page open; what a page's script complains of is kept.</summary>
internal sealed class Chrome : IAsyncDisposable
{
    private readonly Chromium _chromium;

    private Chrome(Chromium chromium, IPage page) => (_chromium, Page) = (chromium, page);

    public IPage Page { get; }

    public List<string> Errors { get; } = [];

    public static async Task<Chrome> OpenAsync(ColorScheme scheme = ColorScheme.Light, int width = 1280)
    {
        var chromium = await Chromium.LaunchAsync();
        var page = await chromium.Browser.NewPageAsync(new BrowserNewPageOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = 900 } });
        page.SetDefaultTimeout(60_000);
        var chrome = new Chrome(chromium, page);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                chrome.Errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => chrome.Errors.Add(error);
        return chrome;
    }

    /// <summary>For people to look at, see <see cref="Pictures"/>.</summary>
    public Task TakeAsync(string name) => !Pictures.Wanted ? Task.CompletedTask : Page.ScreenshotAsync(new PageScreenshotOptions
    {
        Path = Path.Combine(Repository.Root, "artifacts", "screenshots", $"{name}.png"),
        FullPage = true,
    });

    public ValueTask DisposeAsync() => _chromium.DisposeAsync();
}

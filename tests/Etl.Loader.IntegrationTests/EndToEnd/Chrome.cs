using Microsoft.Playwright;

namespace Etl.Loader.IntegrationTests.EndToEnd;

/// <summary>Debian's Chromium with one page open; what a page's script complains of is kept.</summary>
internal sealed class Chrome : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chrome(IPlaywright playwright, IBrowser browser, IPage page) => (_playwright, _browser, Page) = (playwright, browser, page);

    public IPage Page { get; }

    public List<string> Errors { get; } = [];

    public static async Task<Chrome> OpenAsync(ColorScheme scheme = ColorScheme.Light, int width = 1280)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executable(),
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
            ],
        });
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = 900 } });
        page.SetDefaultTimeout(60_000);
        var chrome = new Chrome(playwright, browser, page);
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

    /// <summary>For people to look at.</summary>
    public Task TakeAsync(string name) => Page.ScreenshotAsync(new PageScreenshotOptions
    {
        Path = Path.Combine(Repository.Root, "artifacts", "screenshots", $"{name}.png"),
        FullPage = true,
    });

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private static string Executable() =>
        ((string[])["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("There is no Chromium on this machine. Run: apt-get install chromium");
}

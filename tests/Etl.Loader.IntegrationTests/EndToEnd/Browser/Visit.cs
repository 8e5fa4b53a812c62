using Microsoft.Playwright;

namespace Etl.Loader.IntegrationTests.EndToEnd.Browser;

/// <summary>Someone at the dashboard: what they click is counted, what the browser complains of is kept.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private readonly Uri _dashboard;
    private readonly List<string> _complaints = [];

    public Visit(IPage page, Uri dashboard)
    {
        (Page, _dashboard) = (page, dashboard);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => _complaints.Add(error);
    }

    public IPage Page { get; }

    public int Clicks { get; private set; }

    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(new Uri(_dashboard, path).ToString());
        await ReadyAsync();
    }

    public async Task ClickAsync(ILocator what)
    {
        Clicks++;
        await what.ClickAsync();
        await ReadyAsync();
    }

    /// <summary>A page of the menu, which a narrow window hides behind a button.</summary>
    public async Task ClickMenuAsync(string name)
    {
        var toggle = Page.Locator("button.navbar-toggle");
        if (await toggle.IsVisibleAsync())
        {
            await ClickAsync(toggle);
        }

        await ClickAsync(Page.Locator(".navbar").GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = name, Exact = true }));
    }

    public static async Task SeesAsync(ILocator what) => await Assertions.Expect(what.First).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 30_000 });

    public Task SeesAsync(string text) => SeesAsync(Page.Locator(".etl-page").GetByText(text));

    /// <summary>An answer found from the first page in at most two clicks, and a browser with nothing to complain of.</summary>
    public void Answered()
    {
        Assert.InRange(Clicks, 0, 2);
        Assert.Empty(_complaints);
    }

    public void NoComplaint() => Assert.Empty(_complaints);

    public async ValueTask DisposeAsync() => await Page.CloseAsync();

    private async Task ReadyAsync()
    {
        await Page.WaitForLoadStateAsync(LoadState.Load);
        await Assertions.Expect(Page.Locator(".etl-page")).ToBeVisibleAsync();
    }
}

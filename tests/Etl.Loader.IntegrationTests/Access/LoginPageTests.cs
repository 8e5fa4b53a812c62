using Etl.Loader.IntegrationTests.EndToEnd;
using Etl.Loader.IntegrationTests.EndToEnd.Browser;
using Etl.Loader.IntegrationTests.Support;
using Microsoft.Playwright;

namespace Etl.Loader.IntegrationTests.Access;

/// <summary>The login in a real browser; its pictures are for people to look at.</summary>
public class LoginPageTests(PostgresServer server)
{
    [Theory]
    [InlineData(ColorScheme.Light, 1400)]
    [InlineData(ColorScheme.Light, 400)]
    [InlineData(ColorScheme.Dark, 1400)]
    [InlineData(ColorScheme.Dark, 400)]
    public async Task A_person_signs_in_by_keyboard_looks_around_and_signs_out_without_an_error(ColorScheme scheme, int width)
    {
        await using var site = await Site.WithPeopleAsync(server);
        await using var chromium = await Chromium.LaunchAsync();
        var page = await chromium.Browser.NewPageAsync(new BrowserNewPageOptions { ColorScheme = scheme, ViewportSize = new ViewportSize { Width = width, Height = 800 } });
        var errors = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => errors.Add(error);

        await page.GotoAsync(new Uri(site.Address, "/hangfire/lanes").ToString());
        await Assertions.Expect(page.GetByLabel("Name")).ToBeFocusedAsync();
        await Pictures.TakeAsync(page, "login", scheme, width);
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        await page.Keyboard.TypeAsync("vera");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(Site.Password);
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Lanes" })).ToBeVisibleAsync();

        // Hangfire's own pages live under the same policy of what a page may load and run.
        foreach (var path in (string[])["", "/jobs/enqueued", "/servers", "/audit", "/account"])
        {
            await page.GotoAsync(new Uri(site.Address, "/hangfire" + path).ToString());
            await Assertions.Expect(page.Locator(".navbar-brand")).ToBeVisibleAsync();
        }

        await Pictures.TakeAsync(page, "account", scheme, width);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Password")).ToBeVisibleAsync();
        Assert.Empty(errors);

        await page.GetByLabel("Name").FillAsync("vera");
        await page.GetByLabel("Password").FillAsync("wrong horse");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Name or password is wrong.");
    }
}

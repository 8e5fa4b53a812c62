using Microsoft.Playwright;

namespace Etl.Loader.IntegrationTests.EndToEnd.Browser;

/// <summary>
/// Pictures of the pages for people to look at, in <c>artifacts/screenshots</c>. With <c>ETL_LOADER_PICTURES=1</c> those that the documentation shows are
/// made anew, too.
/// </summary>
internal static class Pictures
{
    private static readonly string[] Documented = ["load", "tables", "table", "lanes", "watchers", "audit"];

    private static bool Anew => Environment.GetEnvironmentVariable("ETL_LOADER_PICTURES") == "1";

    public static async Task TakeAsync(IPage page, string name, ColorScheme scheme, int width)
    {
        var picture = await page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(Repository.Root, "artifacts", "screenshots", $"{name}-{scheme.ToString().ToLowerInvariant()}-{width}.png"),
            FullPage = true,
        });
        if (Anew && Documented.Contains(name) && scheme == ColorScheme.Light)
        {
            await File.WriteAllBytesAsync(Path.Combine(Repository.Root, "docs", "images", name + ".png"), picture, TestContext.Current.CancellationToken);
        }
    }
}

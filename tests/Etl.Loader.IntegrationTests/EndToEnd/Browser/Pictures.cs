using Microsoft.Playwright;

namespace Etl.Loader.IntegrationTests.EndToEnd.Browser;

/// <summary>
/// Pictures of the pages for people to look at, in <c>artifacts/screenshots</c>, and again those that the documentation shows: with <c>ETL_LOADER_PICTURES=1</c>, since
/// they take longer than what is tested.
/// </summary>
internal static class Pictures
{
    private static readonly string[] Documented = ["load", "tables", "table", "lanes", "watchers", "audit"];

    public static bool Wanted => Environment.GetEnvironmentVariable("ETL_LOADER_PICTURES") == "1";

    public static async Task TakeAsync(IPage page, string name, ColorScheme scheme, int width)
    {
        if (!Wanted)
        {
            return;
        }

        var picture = await page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(Repository.Root, "artifacts", "screenshots", $"{name}-{scheme.ToString().ToLowerInvariant()}-{width}.png"),
            FullPage = true,
        });
        if (Documented.Contains(name) && scheme == ColorScheme.Light)
        {
            await File.WriteAllBytesAsync(Path.Combine(Repository.Root, "docs", "images", name + ".png"), picture, TestContext.Current.CancellationToken);
        }
    }
}

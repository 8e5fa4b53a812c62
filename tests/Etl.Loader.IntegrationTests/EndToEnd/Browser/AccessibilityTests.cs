using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Etl.Loader.IntegrationTests.EndToEnd.Browser;

/// <summary>Every page of ours, in light and dark, wide and narrow: nothing that axe-core calls serious, and nothing that the browser complains of.</summary>
[Collection(nameof(BrowserDay))]
public sealed class AccessibilityTests(BrowserDay day)
{
    /// <summary>Hangfire's frame around our pages: its menu, its footer, and the page title that it sets.</summary>
    private static readonly string[] Theirs = [".navbar", "#footer"];

    public static TheoryData<string, ColorScheme, int> Pages
    {
        get
        {
            var pages = new TheoryData<string, ColorScheme, int>();
            foreach (var name in (string[])["loads", "load", "tables", "table", "lanes", "pause", "watchers", "audit"])
            {
                // Colours differ by scheme, layout by width: two windows see all of both.
                pages.Add(name, ColorScheme.Light, 1400);
                pages.Add(name, ColorScheme.Dark, 400);
            }

            return pages;
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_has_no_serious_fault(string name, ColorScheme scheme, int width)
    {
        await using var visit = await day.OpenAsync(scheme, width, "/hangfire" + name switch
        {
            "load" => "/loads/" + await day.LoadIdAsync("broken.csv"),
            "table" => "/tables/warehouse/orders",
            "pause" => "/lanes",
            _ => "/" + name,
        });
        if (name == "pause")
        {
            await visit.ClickAsync(visit.Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Lane warehouse" }).GetByRole(AriaRole.Button));
            await Visit.SeesAsync(visit.Page.GetByRole(AriaRole.Dialog));
        }

        await Pictures.TakeAsync(visit.Page, name, scheme, width);
        var found = await visit.Page.RunAxe(new AxeRunContext { Exclude = [.. Theirs.Select(selector => new AxeSelector(selector))] });
        var faults = found.Violations
            .Where(fault => fault.Impact is "serious" or "critical")
            .SelectMany(fault => fault.Nodes.Select(node => $"{fault.Id}: {fault.Help}: {node.Html} {string.Join(' ', node.Any.Select(check => check.Message))}"));
        Assert.True(!faults.Any(), string.Join('\n', faults));
        var overflow = await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(overflow <= 0, $"The page is {overflow} pixels wider than its window.");
        visit.NoComplaint();
    }
}

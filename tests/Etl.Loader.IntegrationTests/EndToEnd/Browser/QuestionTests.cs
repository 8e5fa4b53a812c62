using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Etl.Loader.IntegrationTests.EndToEnd.Browser;

/// <summary>The five questions that people open the dashboard with, each answered from the first page in at most two clicks.</summary>
[Collection(nameof(BrowserDay))]
public sealed class QuestionTests(BrowserDay day)
{
    public static TheoryData<ColorScheme, int> Windows => new()
    {
        { ColorScheme.Light, 1400 },
        { ColorScheme.Dark, 1400 },
        { ColorScheme.Light, 400 },
        { ColorScheme.Dark, 400 },
    };

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task What_runs_and_when_is_it_done(ColorScheme scheme, int width)
    {
        await using var visit = await day.OpenAsync(scheme, width);
        var lanes = visit.Page.Locator(".etl-lane").Filter(new LocatorFilterOptions { HasText = "warehouse" });

        // Its publish waits for a reader, however long: the page says for whom, and no time that would be made up.
        await Visit.SeesAsync(lanes.GetByText(new Regex("publishing slow, waits: table public.slow is in use by .+")));
        visit.Answered();
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task What_failed_and_why(ColorScheme scheme, int width)
    {
        await using var visit = await day.OpenAsync(scheme, width);
        await visit.ClickAsync(visit.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { NameRegex = new Regex("^failed") }).First);
        await visit.SeesAsync("broken.csv");
        await visit.SeesAsync("'x'");
        await visit.SeesAsync("it may shrink by 50% at most");
        await visit.ClickAsync(visit.Page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = "broken.csv" }).Locator("a.etl-id"));
        await visit.SeesAsync("line 3");
        visit.Answered();
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task Who_paused_this(ColorScheme scheme, int width)
    {
        await using var visit = await day.OpenAsync(scheme, width);
        await Visit.SeesAsync(visit.Page.Locator(".etl-lane").Filter(new LocatorFilterOptions { HasText = "lake" }).GetByText("paused"));
        await visit.ClickMenuAsync("Lanes");
        var paused = (await day.Up.QueueAsync("SELECT paused_by, pause_reason FROM etl_loader.lane_status WHERE target = 'lake'"))[0];
        var lake = visit.Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Lane lake" });
        await Visit.SeesAsync(lake.GetByText("Paused by"));
        await Visit.SeesAsync(lake.GetByText(paused[0]!));
        await Visit.SeesAsync(lake.GetByText(paused[1]!));
        await Visit.SeesAsync(lake.Locator("time"));
        visit.Answered();
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task Which_file_made_this_table(ColorScheme scheme, int width)
    {
        await using var visit = await day.OpenAsync(scheme, width);
        await visit.ClickMenuAsync("Tables");
        var orders = visit.Page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = "orders" });
        await Visit.SeesAsync(orders.GetByText("orders-2.csv"));
        await Visit.SeesAsync(orders.GetByText("150"));
        await Visit.SeesAsync(orders.GetByText("+50 (+50 %)"));
        visit.Answered();

        // And what was there before it.
        await visit.ClickAsync(orders.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "orders", Exact = true }));
        await visit.SeesAsync("Made by");
        await Visit.SeesAsync(visit.Page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = "orders-1.csv" }));
        await Visit.SeesAsync(visit.Page.GetByRole(AriaRole.Img, new PageGetByRoleOptions { NameRegex = new Regex("from 100 to 150") }));
        visit.NoComplaint();
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task What_is_late(ColorScheme scheme, int width)
    {
        await using var visit = await day.OpenAsync(scheme, width);
        await visit.SeesAsync("2 late");
        await visit.ClickAsync(visit.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { NameRegex = new Regex("2 late") }));
        var late = visit.Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Late deliveries" });
        await Visit.SeesAsync(late.GetByRole(AriaRole.Listitem).Filter(new LocatorFilterOptions { HasText = "prices.csv" }).GetByText("the last one arrived"));
        await Visit.SeesAsync(late.GetByRole(AriaRole.Listitem).Filter(new LocatorFilterOptions { HasText = "fx-*.csv" }).GetByText("missing"));
        await Visit.SeesAsync(visit.Page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = "prices.csv" }).GetByText("late"));
        visit.Answered();
    }

    [Fact]
    public async Task A_delivery_that_was_held_back_for_its_few_rows_is_marked_and_leads_to_its_load()
    {
        await using var visit = await day.OpenAsync(ColorScheme.Light, 1400);
        await visit.ClickMenuAsync("Tables");
        var stock = visit.Page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = "stock.csv" });
        await Visit.SeesAsync(stock.GetByText("too few rows"));
        await visit.ClickAsync(stock.Locator("a.etl-id"));
        await visit.SeesAsync("it may shrink by 50% at most");
        visit.Answered();
    }

    [Fact]
    public async Task Each_inbox_names_its_watcher_how_that_sees_it_and_how_far_behind_it_is()
    {
        await using var visit = await day.OpenAsync(ColorScheme.Light, 1400);
        await visit.ClickMenuAsync("Watchers");
        var watcher = visit.Page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = "warehouse" });
        var reported = (await day.Up.QueueAsync("SELECT host || ':' || process_id, mode, version FROM etl_loader.watchers WHERE inbox = 'warehouse'"))[0];
        foreach (var said in (string[])[reported[0]!, reported[1]!, "watching", "none"])
        {
            await Visit.SeesAsync(watcher.GetByText(said, new LocatorGetByTextOptions { Exact = true }));
        }

        await Visit.SeesAsync(watcher.GetByTitle(reported[2]!));

        visit.Answered();
    }

    [Fact]
    public async Task Anyone_who_pauses_a_lane_on_the_page_is_asked_why()
    {
        await using var visit = await day.OpenAsync(ColorScheme.Light, 1400);
        await visit.ClickMenuAsync("Lanes");
        var lake = visit.Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Lane lake" });
        visit.Page.Dialog += (_, question) => _ = question.AcceptAsync();
        await visit.ClickAsync(lake.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Resume" }));
        await visit.ClickAsync(lake.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Pause" }));
        var dialog = visit.Page.GetByRole(AriaRole.Dialog, new PageGetByRoleOptions { Name = "Pause lake" });

        // Without a reason nothing is sent.
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Pause the lane" }).ClickAsync();
        await dialog.GetByLabel("Why?").FillAsync("a new disk & <more>");
        await dialog.GetByLabel("Stop the running load too").CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Pause the lane" }).ClickAsync();
        await Visit.SeesAsync(lake.GetByText("a new disk & <more>"));
        await Visit.SeesAsync(lake.GetByText("immediately"));
        Assert.Equal(
            [["pause", "a new disk & <more>", "now"], ["resume", null, null]],
            await day.Up.QueueAsync("SELECT action, reason, details FROM etl_loader.audit WHERE target = 'lake' ORDER BY id DESC LIMIT 2"));
        visit.NoComplaint();
    }
}

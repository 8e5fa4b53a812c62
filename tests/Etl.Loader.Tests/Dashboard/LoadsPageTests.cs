using Etl.Loader.Dashboard.Pages;
using Etl.Loader.Ledger;

namespace Etl.Loader.Tests.Dashboard;

public class LoadsPageTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 14, 0, 0, TimeSpan.Zero);
    private static readonly LoadId Id = LoadId.New(TimeProvider.System);

    private static readonly LoadSummary Failed = new(
        Id, "main", "<b>orders</b>.csv", "warehouse", "orders", LoadStatus.Failed, LoadStage.Staging, 1, null, null, 0, 100, Now, Now, Now.AddSeconds(2), null, null, "line 7", "17");

    private static readonly LoadsModel Model = new(
        "status:failed table:orders*",
        null,
        new LoadPage([Failed], "41"),
        new StatusCounts(new Dictionary<LoadStatus, long> { [LoadStatus.Failed] = 3, [LoadStatus.Loaded] = LoadReadings.MostCounted }),
        [new LaneOutlook { Target = "warehouse", ReadAt = Now, Holder = "host:1", Served = true }],
        [new FailureCause("0123456789ab", 212, "data", "line # has no column …", Id, "warehouse", "orders.csv", "line 7", null, Now)],
        [Failed]);

    [Fact]
    public void A_cause_shows_how_many_failed_by_it_and_leads_to_them_and_to_the_preview()
    {
        var html = Rendered.Html(new LoadsPage(Model));
        Assert.Contains("href=\"/hangfire/loads?q=status%3Afailed%20cause%3A0123456789ab\" title=\"Show them\">212</a>", html, StringComparison.Ordinal);
        Assert.Contains("href=\"/hangfire/loads/bulk?action=requeue&amp;q=status%3Afailed%20cause%3A0123456789ab\">Requeue 212…</a>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_filter_is_in_every_address_so_that_it_can_be_shared()
    {
        var html = Rendered.Html(new LoadsPage(Model));
        Assert.Contains("name=\"q\" value=\"status:failed table:orders*\"", html, StringComparison.Ordinal);
        Assert.Contains("/hangfire/loads?q=status%3Afailed%20table%3Aorders%2A&amp;after=41", html, StringComparison.Ordinal);
        Assert.Contains("/hangfire/loads/bulk?action=cancel&amp;q=status%3Afailed%20table%3Aorders%2A", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_count_that_ends_early_says_so() =>
        Assert.Contains("loaded <span class=\"badge\">100,000+</span>", Rendered.Html(new LoadsPage(Model)), StringComparison.Ordinal);

    [Fact]
    public void Who_may_only_read_is_shown_nothing_to_press()
    {
        var html = Rendered.Html(new LoadsPage(Model), readOnly: true);
        Assert.DoesNotContain("checkbox", html, StringComparison.Ordinal);
        Assert.DoesNotContain("/bulk?", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<button", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bar_says_in_words_what_its_colour_and_height_say()
    {
        var html = RecentBars.Of([Failed], load => $"/{load}").ToString();
        Assert.Contains("title=\"&lt;b&gt;orders&lt;/b&gt;.csv: failed in 2.0 s\" aria-label=\"&lt;b&gt;orders&lt;/b&gt;.csv: failed in 2.0 s\"", html, StringComparison.Ordinal);
        Assert.Contains("etl-bar-failed", html, StringComparison.Ordinal);
        Assert.Equal(3, RecentBars.Height(TimeSpan.FromMilliseconds(1)));
        Assert.Equal(48, RecentBars.Height(TimeSpan.FromDays(1)));
        Assert.InRange(RecentBars.Height(TimeSpan.FromMinutes(1)), RecentBars.Height(TimeSpan.FromSeconds(1)) + 5, 47);
    }

    [Fact]
    public void A_live_part_has_another_mark_only_when_it_is_another()
    {
        var context = Rendered.Context();
        var before = new LoadsPage(Model).ReadLive(context);
        var after = new LoadsPage(Model with { Lanes = [Model.Lanes[0] with { PausedAt = Now, PausedBy = "anna" }] }).ReadLive(context);
        Assert.Equal(["late", "lanes", "recent", "causes", "tabs", "loads"], before.Select(part => part.Name));
        Assert.Equal(["lanes"], before.Zip(after).Where(pair => pair.First.Mark != pair.Second.Mark).Select(pair => pair.First.Name));
    }
}

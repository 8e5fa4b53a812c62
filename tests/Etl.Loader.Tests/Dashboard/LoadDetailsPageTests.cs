using Etl.Loader.Dashboard.Pages;
using Etl.Loader.Ledger;

namespace Etl.Loader.Tests.Dashboard;

public class LoadDetailsPageTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 14, 0, 0, TimeSpan.Zero);

    private static readonly LoadRecord Queued = new()
    {
        Id = LoadId.New(TimeProvider.System),
        Spec = new LoadSpec { Inbox = "main", Dataset = "orders.csv", Target = "warehouse", TableName = "orders", Files = [new DataFile("orders.csv", 10, Now)] },
        Status = LoadStatus.Queued,
        Stage = LoadStage.Accepted,
        Attempt = 0,
        Failures = 0,
        Sequence = 1,
        AcceptedAt = Now,
    };

    private static readonly LaneOutlook Lane = new()
    {
        Target = "warehouse",
        ReadAt = Now,
        Holder = "host:1",
        Served = true,
        Pace = new Pace(5, 60, 0),
        Running = new RunningLoad(LoadId.New(TimeProvider.System), "warehouse", "returns", "returns.csv", LoadStage.Staging, Now, 1, 2, 1, 1, 1, Now, Now, null, Now),
    };

    [Fact]
    public void A_waiting_load_says_who_is_before_it_and_when_its_turn_is() =>
        Assert.Equal(
            [
                "host:1 is loading returns.csv into returns; loads of one target run one at a time.",
                "3 loads are before it, 1.5 GB; its turn is in about 3 min 0 s.",
            ],
            WaitReasons.Of(new LoadModel(new LoadDetails(Queued, []), null, Lane, new PlaceInLine(3, 1_500_000_000))));

    [Fact]
    public void A_waiting_load_says_who_paused_its_lane_and_what_is_away()
    {
        var lane = Lane with { Running = null, PausedAt = Now, PausedBy = "anna", PauseReason = "month's end", WaitsFor = "warehouse does not answer", WaitsSince = Now };
        Assert.Equal(
            [
                "Lane warehouse was paused by anna at 2026-11-20 14:00:00 UTC: month's end",
                "The lane has been waiting since 2026-11-20 14:00:00 UTC: warehouse does not answer",
            ],
            WaitReasons.Of(new LoadModel(new LoadDetails(Queued, []), null, lane, new PlaceInLine(0, 0))));
    }

    [Fact]
    public void A_load_with_an_outcome_waits_for_nothing() =>
        Assert.Empty(WaitReasons.Of(new LoadModel(new LoadDetails(Queued with { Status = LoadStatus.Failed, WaitsFor = "x" }, []), null, null, null)));

    [Fact]
    public void Each_stage_has_its_time_and_how_long_it_took()
    {
        var attempt = new AttemptRecord(1, Now.AddSeconds(1), Now.AddSeconds(10), AttemptOutcome.Loaded, "host", 1, 1, null,
        [
            new LogLine(Now.AddSeconds(1), LogWeight.Info, LoadStage.Surveying, "surveying"),
            new LogLine(Now.AddSeconds(2), LogWeight.Info, null, "surveyed: 5 rows"),
            new LogLine(Now.AddSeconds(3), LogWeight.Info, LoadStage.Staging, "staging"),
            new LogLine(Now.AddSeconds(8), LogWeight.Info, LoadStage.Staged, "staged"),
            new LogLine(Now.AddSeconds(8), LogWeight.Info, LoadStage.Publishing, "publishing"),
        ]);
        var load = Queued with { Status = LoadStatus.Loaded, Stage = LoadStage.Published, FinishedAt = Now.AddSeconds(10) };
        Assert.Equal(
            [(LoadStage.Accepted, 0, 1), (LoadStage.Surveying, 1, 2), (LoadStage.Staging, 3, 5), (LoadStage.Staged, 8, 0), (LoadStage.Publishing, 8, 2), (LoadStage.Published, 10, null)],
            StageTimes.Of(new LoadDetails(load, [attempt])).Select(s => (s.Stage, (int)(s.At!.Value - Now).TotalSeconds, (int?)s.Took?.TotalSeconds)));
    }

    [Fact]
    public void Of_a_running_load_no_stage_ends_before_the_next_begins()
    {
        var attempt = new AttemptRecord(1, Now, null, null, "host", 1, 1, null, [new LogLine(Now.AddSeconds(3), LogWeight.Info, LoadStage.Staging, "staging")]);
        var stages = StageTimes.Of(new LoadDetails(Queued with { Status = LoadStatus.Loading, Stage = LoadStage.Staging }, [attempt]));
        Assert.Null(stages.Single(s => s.Stage == LoadStage.Staging).Took);
        Assert.Null(stages.Single(s => s.Stage == LoadStage.Surveying).At);
    }

    [Fact]
    public void Columns_show_what_was_proven_and_what_was_widened_and_why()
    {
        const string receipt = """
            {"details":{"columns":[{"name":"id","source":"ID","type":"text","proven":"bigint","nulls":2,"excluded":{"line":7,"value":"<x>"}},
            {"name":"n","source":"n","type":"bigint","proven":"bigint","nulls":0,"excluded":null}],"notes":["padding zeros"]}}
            """;
        var html = ReceiptParts.Columns(receipt, Queued.Spec).ToString();
        Assert.Contains("<code>bigint</code> <span class=\"label label-info\">widened</span>", html, StringComparison.Ordinal);
        Assert.Contains("line 7 has &#39;&lt;x&gt;&#39;", html, StringComparison.Ordinal);
        Assert.Contains("padding zeros", html, StringComparison.Ordinal);
        Assert.Equal(1, html.Split("widened").Length - 1);

        // By the name in the file or in the table: a declared type may be narrower than what was proven.
        foreach (var name in (string[])["ID", "id"])
        {
            var declared = ReceiptParts.Columns(receipt, Queued.Spec with { Schema = new Dictionary<string, string> { [name] = "text" } }).ToString();
            Assert.Contains("<span class=\"label label-info\">declared</span>", declared, StringComparison.Ordinal);
            Assert.DoesNotContain("widened", declared, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("cancelled")]
    [InlineData("superseded")]
    public void The_stage_in_which_a_load_ended_says_how(string word)
    {
        var html = Rendered.Html(Page(Queued with { Status = LedgerWords.Parse<LoadStatus>(word), Stage = LoadStage.Staging, FinishedAt = Now }));
        Assert.Contains($"<li class=\"etl-stage-{word}\"><strong>staging</strong>", html, StringComparison.Ordinal);
        Assert.Contains($"<strong>{word}</strong></small>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loads_page_shows_its_id_in_the_short_form_and_whole() =>
        Assert.Contains($"<code>{Queued.Id.Short}</code> <small class=\"text-muted\">{Queued.Id}</small>", Rendered.Html(Page(Queued)), StringComparison.Ordinal);

    private static LoadDetailsPage Page(LoadRecord load) => new(new LoadModel(new LoadDetails(load, []), null, null, null));

    [Fact]
    public void Rejected_rows_can_be_downloaded_and_the_receipt_copied()
    {
        var load = Queued with { Status = LoadStatus.Loaded, FinishedAt = Now, RowsLoaded = 5, RowsRejected = 2, Receipt = "{}" };
        var html = Rendered.Html(new LoadDetailsPage(new LoadModel(new LoadDetails(load, []), null, null, null)));
        Assert.Contains($"href=\"/hangfire/loads/{load.Id}/rejects\" download", html, StringComparison.Ordinal);
        Assert.Contains("data-copy=\"etl-receipt\"", html, StringComparison.Ordinal);
    }
}

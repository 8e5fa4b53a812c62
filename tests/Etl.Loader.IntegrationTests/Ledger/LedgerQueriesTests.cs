using Etl.Loader.IntegrationTests.Queue;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;

namespace Etl.Loader.IntegrationTests.Ledger;

public class LedgerQueriesTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_follow_each_other_newest_first_without_gap_or_repeat()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var loads = Enumerable.Range(0, 7).Select(_ => stage.New()).ToArray();
        await stage.Get<IAcceptLoads>().AcceptAsync(loads, Token);
        var seen = new List<LoadId>();
        string? after = null;
        do
        {
            var page = await stage.Get<ILoadQueries>().ListAsync(new LoadFilter(), after, 3, Token);
            Assert.InRange(page.Loads.Count, 1, 3);
            seen.AddRange(page.Loads.Select(l => l.LoadId));
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal(loads.Select(l => l.Id).Reverse(), seen);
    }

    [Theory]
    [InlineData("status:failed", "returns_2026")]
    [InlineData("status:queued,failed target:warehouse", "returns_2026 orders_de orders_fr")]
    [InlineData("table:orders*", "orders_de orders_fr")]
    [InlineData("table:orders_de", "orders_de")]
    [InlineData("table:sales.orders_fr", "orders_fr")]
    [InlineData("table:orders%", "")]
    [InlineData("file:*.csv table:*_fr", "orders_fr")]
    [InlineData("de.csv", "orders_de")]
    [InlineData("target:lake", "")]
    [InlineData("since:1h", "returns_2026 orders_de orders_fr")]
    [InlineData("inbox:elsewhere", "")]
    public async Task Filters_narrow_the_list(string filter, string tables)
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var french = stage.New("orders_fr");
        var refused = stage.New("returns_2026") with { Refusal = new LoadRefusal("no data", null) };
        await stage.Get<IAcceptLoads>().AcceptAsync([french with { Spec = french.Spec with { TableSchema = "sales" } }, stage.New("orders_de"), refused], Token);
        var old = stage.New("ancient");
        await stage.Get<IAcceptLoads>().AcceptAsync([old], Token);
        await stage.ExecuteAsync("UPDATE etl_loader.load SET accepted_at = now() - interval '1 day', status = 'cancelled', finished_at = now(), target = 'attic' WHERE load_id = $1", old.Id.Value);
        var page = await stage.Get<ILoadQueries>().ListAsync(LoadFilter.Parse(filter), null, 10, Token);
        Assert.Equal(
            tables.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            page.Loads.Where(l => l.TableName != "ancient").Select(l => l.TableName.Split('.')[^1]));
    }

    [Fact]
    public async Task A_unique_prefix_or_a_short_id_finds_its_load_and_an_ambiguous_one_names_the_candidates()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var one = stage.New() with { Id = new LoadId(Guid.Parse("019a0000-0000-7000-8000-000000000001")) };
        var two = stage.New() with { Id = new LoadId(Guid.Parse("019a0000-0000-7000-8000-000000000002")) };
        await stage.Get<IAcceptLoads>().AcceptAsync([one, two], Token);
        var queries = stage.Get<ILoadQueries>();
        Assert.Equal(two.Id, await queries.ResolveAsync("019A0000-0000-7000-8000-000000000002", Token));
        Assert.Equal(two.Id, await queries.ResolveAsync(two.Id.Short, Token));
        Assert.Equal(one.Id, await queries.ResolveAsync(one.Id.Short.ToUpperInvariant(), Token));
        var ambiguous = await Assert.ThrowsAsync<LoaderException>(() => queries.ResolveAsync("019a", Token));
        Assert.Contains(one.Id.ToString(), ambiguous.Message, StringComparison.Ordinal);
        Assert.Contains(two.Id.ToString(), ambiguous.Message, StringComparison.Ordinal);
        Assert.Contains("'fff'", (await Assert.ThrowsAsync<UnknownNameException>(() => queries.ResolveAsync("fff", Token))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LoaderException>(() => queries.ResolveAsync("%", Token));
    }

    [Fact]
    public async Task Lanes_and_counts_report_what_waits_what_runs_and_what_is_done()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var running = await stage.AcceptAsync();
        await stage.AcceptAsync();
        await stage.AcceptAsync();
        stage.Runner.Hold(running);
        stage.StartLane();
        await QueueStage.UntilAsync(() => Task.FromResult(stage.Runner.HasBegun(running)), () => "the load did not begin");
        var lane = Assert.Single(await stage.Get<ILoadQueries>().LanesAsync(Token));
        Assert.Equal((QueueStage.Target, QueueDatabase.Holder, running, 2L, 200L), (lane.Target, lane.Holder, lane.Running!.Value, lane.QueuedLoads, lane.QueuedBytes));
        Assert.NotNull(lane.HeartbeatAt);
        var counts = (await stage.Get<ILoadQueries>().CountAsync(Token)).Counts;
        Assert.Equal((1L, 2L, 0L), (counts[LoadStatus.Loading], counts[LoadStatus.Queued], counts[LoadStatus.Loaded]));
    }

    [Fact]
    public async Task A_key_that_is_not_a_page_key_is_refused()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await Assert.ThrowsAsync<LoaderException>(() => stage.Get<ILoadQueries>().ListAsync(new LoadFilter(), "1; drop", 10, Token));
    }
}

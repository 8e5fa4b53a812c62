using System.Diagnostics;
using Etl.Loader.Inboxes;
using Etl.Loader.Inboxes.Due;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.IntegrationTests.Queue;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Time.Testing;

namespace Etl.Loader.IntegrationTests.Ledger;

/// <summary>Tables and deliveries as the ledger shows them.</summary>
public class TableQueriesTests(PostgresServer server)
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tables_are_paged_by_key_without_gap_or_repeat_and_narrowed_by_a_part_of_their_name()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await stage.Get<IAcceptLoads>().AcceptAsync(
            [.. "e d c b a b c".Split(' ').Select(name => stage.New(name)), In(stage.New("b"), "sales"), Into(stage.New("a"), "lake"), stage.New("a_b")], Token);
        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await stage.Get<ITableQueries>().TablesAsync(null, after, 3, Token);
            Assert.InRange(page.Tables.Count, 1, 3);
            seen.AddRange(page.Tables.Select(t => $"{t.Key.Target}.{t.Key.FullName}"));
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal("lake.a warehouse.a warehouse.a_b warehouse.b warehouse.sales.b warehouse.c warehouse.d warehouse.e".Split(' '), seen);
        foreach (var (pattern, found) in ((string, string)[])
            [("lake.", "lake.a"), ("sales", "warehouse.sales.b"), ("a_", "warehouse.a_b"), ("ware*.b", "warehouse.b warehouse.sales.b"), ("%", ""), (" ", string.Join(' ', seen))])
        {
            var page = await stage.Get<ITableQueries>().TablesAsync(pattern, null, 10, Token);
            Assert.Equal(found, string.Join(' ', page.Tables.Select(t => $"{t.Key.Target}.{t.Key.FullName}")));
        }

        await Assert.ThrowsAsync<LoaderException>(() => stage.Get<ITableQueries>().TablesAsync(null, "warehouse", 3, Token));
    }

    [Fact]
    public async Task A_table_shows_the_load_that_made_it_the_one_before_and_the_newest_that_failed()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var loads = Enumerable.Range(0, 4).Select(_ => stage.New("orders")).ToArray();
        await stage.Get<IAcceptLoads>().AcceptAsync([.. loads, stage.New("waiting")], Token);
        await LoadedAsync(stage, loads[0].Id, 100, """{"details": {"table_rows": 100}}""");
        await LoadedAsync(stage, loads[1].Id, 50, """{"dataset": "\"table_rows\": 7 \u0000", "details": {"table_rows":150}}""");
        await LoadedAsync(stage, loads[2].Id, 40, """{"rows_loaded": 40}""");
        await stage.ExecuteAsync("UPDATE etl_loader.load SET status = 'failed', finished_at = now(), error = 'the dataset has 1 rows' WHERE load_id = $1", loads[3].Id.Value);
        var key = new TableKey(QueueStage.Target, null, "orders");
        var table = Assert.Single(await stage.Get<ITableQueries>().FindTablesAsync([key, key], Token));
        Assert.Equal((loads[3].Id, loads[2].Id, loads[1].Id), (table.Newest.LoadId, table.Made!.LoadId, table.Before!.LoadId));
        Assert.Equal((40L, 150L, "the dataset has 1 rows"), (table.Made.TableRows, table.Before.TableRows, table.Newest.Error));
        var history = await stage.Get<ITableQueries>().TableLoadsAsync(key, null, 3, Token);
        Assert.Equal(loads.Reverse().Take(3).Select(l => l.Id), history.Select(l => l.LoadId));
        Assert.Equal([null, 40L, 150L], history.Select(l => l.TableRows));
        Assert.Equal(loads[0].Id, Assert.Single(await stage.Get<ITableQueries>().TableLoadsAsync(key, history[^1].Sequence, 3, Token)).LoadId);
        Assert.Null(Assert.Single((await stage.Get<ITableQueries>().TablesAsync("waiting", null, 3, Token)).Tables).Made);
        Assert.Empty(await stage.Get<ITableQueries>().FindTablesAsync([new TableKey("lake", null, "orders")], Token));
    }

    [Fact]
    public async Task A_page_of_tables_does_not_read_all_loads()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await stage.ExecuteAsync(
            """
            INSERT INTO etl_loader.load (load_id, inbox, dataset, target, table_name, mode, priority, status, stage, spec, receipt, finished_at, rows_loaded, accepted_at)
            SELECT gen_random_uuid(), 'in', 't' || n % 500 || '.csv', 'warehouse', 't' || n % 500, 'replace', 'normal', 'loaded', 'published', '{}',
                   '{"table_rows": 5}', now(), 5, now() - n * interval '1 minute'
              FROM generate_series(1, 20000) AS n
            """);
        await stage.ExecuteAsync("ANALYZE etl_loader.load");
        var queries = stage.Get<ITableQueries>();
        await queries.TablesAsync(null, null, 50, Token);
        var read = await ReadAsync(stage);
        var began = Stopwatch.GetTimestamp();
        Assert.Equal(50, (await queries.TablesAsync(null, null, 50, Token)).Tables.Count);
        Assert.Single((await queries.TablesAsync("t499", null, 50, Token)).Tables);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms");

        // Rows fetched from the table itself: those of the loads that are shown, and one for each key where the index alone does not show that it is current.
        await QueueStage.UntilAsync(async () => await ReadAsync(stage) > read, () => "the statistics did not come");
        Assert.InRange(await ReadAsync(stage) - read, 1, 1000);

        static Task<long> ReadAsync(QueueStage stage) => stage.ScalarAsync<long>(
            "SELECT (seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint FROM pg_stat_user_tables WHERE schemaname = 'etl_loader' AND relname = 'load'");
    }

    [Fact]
    public async Task Late_is_what_did_not_come_since_the_last_but_one_due_moment_and_missing_what_never_came()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var delivered = await AcceptAsync(stage, "deep/orders-25.csv", Noon.AddHours(-7));
        await AcceptAsync(stage, "orders-24.csv", Noon.AddHours(-31));
        await AcceptAsync(stage, "prices.csv", Noon.AddDays(-40));
        await AcceptAsync(stage, "prices.csv", Noon.AddDays(-5));
        await AcceptAsync(stage, "special-stock.csv", Noon.AddHours(-7));
        await AcceptAsync(stage, "refused.csv", Noon.AddHours(-7), new LoadRefusal("there is not a data file", null));
        var late = await LateAsync(stage, Noon, "orders-*.csv", "special*", "prices.csv", "*stock.csv", "refused.csv", "pri?es.csv");
        Assert.Equal(["prices.csv", "*stock.csv", "pri?es.csv"], late.Select(l => l.Match));
        Assert.Equal(Noon.AddHours(-6), late[0].DueAt);
        Assert.Equal((QueueStage.Target, "prices", Noon.AddDays(-5)), (late[0].Target, late[0].Table, late[0].LastAcceptedAt!.Value));

        // The rules before it take what it would match: nothing of its own ever came.
        Assert.All(late.Skip(1), l => Assert.Equal((null, null, null), (l.Target, l.Table, l.LastAcceptedAt)));

        // A load that a person made of an old one is not what the producer owes.
        await AcceptAsync(stage, "orders-25.csv", Noon.AddHours(20));
        var reloaded = await stage.ScalarAsync<Guid>("SELECT load_id FROM etl_loader.load WHERE accepted_at = $1", Noon.AddHours(20).UtcDateTime);
        Assert.Empty(await LateAsync(stage, Noon.AddHours(21), "orders-*.csv"));
        await stage.Get<LedgerActions>().AuditAsync("ann", "reload", null, delivered, null, $"as {reloaded}", Token);
        Assert.Equal(Noon.AddHours(-7), Assert.Single(await LateAsync(stage, Noon.AddHours(21), "orders-*.csv")).LastAcceptedAt);
    }

    [Fact]
    public async Task What_came_late_yesterday_is_not_todays_delivery()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        await AcceptAsync(stage, "orders.csv", Noon.AddHours(-29));
        Assert.Single(await LateAsync(stage, Noon, "orders.csv"));
        await AcceptAsync(stage, "orders.csv", Noon.AddHours(-31));
        Assert.Empty(await LateAsync(stage, Noon, "orders.csv"));
    }

    private static async Task<IReadOnlyList<LateDelivery>> LateAsync(QueueStage stage, DateTimeOffset now, params string[] matches)
    {
        var options = new LoaderOptions();
        options.Inboxes["in"] = new InboxOptions
        {
            Path = "/data/in",
            Target = QueueStage.Target,
            Datasets = [.. matches.Select(m => new DatasetRule(m, new Manifest(), m == "special*" ? null : new DueTime(new TimeOnly(6, 0), TimeZoneInfo.Utc), null))],
        };
        using var late = new LateDeliveries(new InboxCatalog(options), stage.Get<ITableQueries>(), new FakeTimeProvider(now));
        return await late.ListAsync(Token);
    }

    private static async Task<LoadId> AcceptAsync(QueueStage stage, string dataset, DateTimeOffset at, LoadRefusal? refusal = null)
    {
        var load = stage.New(Naming.TableFromFile(Path.GetFileName(dataset)));
        await stage.Get<IAcceptLoads>().AcceptAsync([load with { Spec = load.Spec with { Dataset = dataset }, Refusal = refusal }], Token);
        await stage.ExecuteAsync("UPDATE etl_loader.load SET accepted_at = $2 WHERE load_id = $1", load.Id.Value, at.UtcDateTime);
        return load.Id;
    }

    private static NewLoad In(NewLoad load, string schema) => load with { Spec = load.Spec with { TableSchema = schema } };

    private static NewLoad Into(NewLoad load, string target) => load with { Spec = load.Spec with { Target = target } };

    private static Task LoadedAsync(QueueStage stage, LoadId load, long rows, string receipt) => stage.ExecuteAsync(
        "UPDATE etl_loader.load SET status = 'loaded', stage = 'published', finished_at = now(), rows_loaded = $2, receipt = $3::json WHERE load_id = $1", load.Value, rows, receipt);
}

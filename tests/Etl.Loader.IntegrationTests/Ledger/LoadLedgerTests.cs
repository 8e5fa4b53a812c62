using Etl.Loader.IntegrationTests.Queue;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;

namespace Etl.Loader.IntegrationTests.Ledger;

public class LoadLedgerTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_attempt_shows_its_way_and_its_outcome_is_reported_once()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var ledger = stage.Get<ILoadLedger>();
        var load = await stage.AcceptAsync();
        var attempt = (await ledger.BeginAttemptAsync(load, 7, Token))!;
        Assert.True(await ledger.EnterStageAsync(attempt, LoadStage.Staging, Token));
        Assert.True(await ledger.SaveSurveyAsync(attempt, """{"rows":2}""", Token));
        Assert.True(await ledger.SetWaitsForAsync(attempt, "target warehouse: away", Token));
        Assert.Equal(AttemptStanding.Mine, await ledger.ReportProgressAsync(attempt, 50, 120, 1, Token));
        var underWay = await stage.RecordAsync(load);
        Assert.Equal(
            (LoadStatus.Loading, LoadStage.Staging, 50L, 120L, 1L, "target warehouse: away", """{"rows":2}"""),
            (underWay.Status, underWay.Stage, underWay.BytesDone, underWay.BytesTotal, underWay.RowsLoaded, underWay.WaitsFor, underWay.Survey));

        var loaded = new AttemptResult { Outcome = AttemptOutcome.Loaded, RowsLoaded = 2, RowsRejected = 1, Receipt = """{"details":"\u0000"}""" };
        Assert.Equal(LoadStatus.Loaded, await ledger.FinishAsync(attempt, loaded, Token));
        Assert.Equal(LoadStatus.Loaded, await ledger.FinishAsync(attempt, loaded, Token));
        Assert.Null(await ledger.FinishAsync(attempt, new AttemptResult { Outcome = AttemptOutcome.Failed, Error = "late" }, Token));
        var record = await stage.RecordAsync(load);
        Assert.Equal(
            (LoadStatus.Loaded, LoadStage.Published, 2L, 1L, 120L, null),
            (record.Status, record.Stage, record.RowsLoaded, record.RowsRejected, record.BytesDone, record.WaitsFor));
        Assert.Equal(loaded.Receipt, record.Receipt);
        Assert.Equal(1L, await stage.ScalarAsync<long>("SELECT count(*) FROM etl_loader.outbox WHERE event = 'loaded'"));
        var reported = Assert.Single((await stage.Get<ILoadQueries>().FindAsync(load, Token))!.Attempts);
        Assert.Equal((AttemptOutcome.Loaded, 7L, Environment.ProcessId), (reported.Outcome, reported.Epoch, reported.ProcessId));
    }

    [Fact]
    public async Task A_change_of_columns_is_reported_beside_the_outcome_and_is_in_the_tables_history()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var ledger = stage.Get<ILoadLedger>();
        var load = await stage.AcceptAsync();
        var attempt = (await ledger.BeginAttemptAsync(load, 7, Token))!;
        const string changes = """[{"change":"widened","column":"a\u0000","before":"bigint","after":"text"}]""";
        var loaded = new AttemptResult { Outcome = AttemptOutcome.Loaded, RowsLoaded = 2, Receipt = $"{{\"details\": {{\"schema_changed\": {changes}}}}}" };
        await ledger.FinishAsync(attempt, loaded, Token);
        await ledger.FinishAsync(attempt, loaded, Token);
        Assert.Equal(1L, await stage.ScalarAsync<long>("SELECT count(*) FROM etl_loader.outbox WHERE event = 'schema_changed'"));
        Assert.Equal(changes, await stage.ScalarAsync<string>("SELECT details::text FROM etl_loader.outbox WHERE event = 'schema_changed'"));

        var record = await stage.RecordAsync(load);
        var history = await stage.Get<ITableQueries>().TableLoadsAsync(new TableKey(record.Spec.Target, record.Spec.TableSchema, record.Spec.TableName), null, 3, Token);
        Assert.Equal([new ColumnChange("widened", "a\0", "bigint", "text")], Assert.Single(history).Changes);
    }

    [Fact]
    public async Task A_stage_that_reads_begins_at_no_bytes_and_what_it_read_stands_afterwards()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var ledger = stage.Get<ILoadLedger>();
        var load = await stage.AcceptAsync();
        var attempt = (await ledger.BeginAttemptAsync(load, 7, Token))!;
        await ledger.EnterStageAsync(attempt, LoadStage.Surveying, Token);
        await ledger.ReportProgressAsync(attempt, 120, 120, 0, Token);
        await ledger.EnterStageAsync(attempt, LoadStage.Staging, Token);
        Assert.Equal(0L, (await stage.RecordAsync(load)).BytesDone);
        await ledger.ReportProgressAsync(attempt, 120, 120, 2, Token);
        await ledger.EnterStageAsync(attempt, LoadStage.Publishing, Token);
        Assert.Equal(120L, (await stage.RecordAsync(load)).BytesDone);
    }

    [Fact]
    public async Task A_load_with_an_outcome_begins_no_attempt()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        await stage.Get<ILoadActions>().CancelAsync(load, new Actor("operator", null), Token);
        Assert.Null(await stage.Get<ILoadLedger>().BeginAttemptAsync(load, 1, Token));
        Assert.Null(await stage.Get<ILoadLedger>().BeginAttemptAsync(LoadId.New(TimeProvider.System), 1, Token));
    }

    [Fact]
    public async Task A_later_attempt_takes_the_load_from_an_earlier_one()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var ledger = stage.Get<ILoadLedger>();
        var load = await stage.AcceptAsync();
        var first = (await ledger.BeginAttemptAsync(load, 1, Token))!;
        var second = (await ledger.BeginAttemptAsync(load, 1, Token))!;
        Assert.Equal(AttemptStanding.Lost, await ledger.ReportProgressAsync(first, 1, 1, 1, Token));
        Assert.Null(await ledger.FinishAsync(first, new AttemptResult { Outcome = AttemptOutcome.Failed, Error = "late" }, Token));
        Assert.Equal(LoadStatus.Superseded, await ledger.FinishAsync(second, new AttemptResult { Outcome = AttemptOutcome.Superseded }, Token));
        Assert.Equal(LoadStatus.Superseded, (await stage.RecordAsync(load)).Status);
    }

    [Theory]
    [InlineData(AttemptOutcome.Interrupted, LoadStatus.Queued, 0)]
    [InlineData(AttemptOutcome.Retry, LoadStatus.Retrying, 1)]
    [InlineData(AttemptOutcome.Failed, LoadStatus.Failed, 1)]
    [InlineData(AttemptOutcome.Cancelled, LoadStatus.Cancelled, 0)]
    [InlineData(AttemptOutcome.Fenced, LoadStatus.Queued, 0)]
    internal async Task Only_failures_count_as_failures(AttemptOutcome outcome, LoadStatus status, int failures)
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var load = await stage.AcceptAsync();
        var attempt = (await stage.Get<ILoadLedger>().BeginAttemptAsync(load, 1, Token))!;
        var result = new AttemptResult { Outcome = outcome, Error = "why", NextAttemptAt = TimeProvider.System.GetUtcNow().AddMinutes(1) };
        Assert.Equal(status, await stage.Get<ILoadLedger>().FinishAsync(attempt, result, Token));
        var record = await stage.RecordAsync(load);
        Assert.Equal((status, failures, "why"), (record.Status, record.Failures, record.Error));
        Assert.Equal(outcome == AttemptOutcome.Retry, record.NextAttemptAt is not null);
    }

    [Fact]
    public async Task A_cancel_asked_for_beats_a_retry_but_not_a_receipt()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var ledger = stage.Get<ILoadLedger>();
        var retried = await stage.AcceptAsync();
        var published = await stage.AcceptAsync();
        foreach (var (load, result, status) in new[]
        {
            (retried, new AttemptResult { Outcome = AttemptOutcome.Retry, NextAttemptAt = TimeProvider.System.GetUtcNow() }, LoadStatus.Cancelled),
            (published, new AttemptResult { Outcome = AttemptOutcome.Loaded, Receipt = "{}" }, LoadStatus.Loaded),
        })
        {
            var attempt = (await ledger.BeginAttemptAsync(load, 1, Token))!;
            await stage.Get<ILoadActions>().CancelAsync(load, new Actor("operator", null), Token);
            Assert.Equal(AttemptStanding.CancelRequested, await ledger.ReportProgressAsync(attempt, 0, null, 0, Token));
            Assert.Equal(status, await ledger.FinishAsync(attempt, result, Token));
            Assert.Equal(status, (await stage.RecordAsync(load)).Status);
        }
    }

    [Fact]
    public async Task Only_a_replace_of_the_same_dataset_and_table_that_was_accepted_later_is_a_newer_delivery()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var older = await AcceptAsync(spec => spec);
        await AcceptAsync(spec => spec with { Mode = LoadMode.Append });
        await AcceptAsync(spec => spec with { Dataset = "other.csv" });
        await AcceptAsync(spec => spec with { Inbox = "other" });
        await AcceptAsync(spec => spec with { TableName = "other" });
        await AcceptAsync(spec => spec with { TableSchema = "other" });
        await stage.Get<IAcceptLoads>().AcceptAsync([stage.New("o") with { Refusal = new LoadRefusal("no", null) }], Token);
        var cancelled = await AcceptAsync(spec => spec);
        await stage.Get<ILoadActions>().CancelAsync(cancelled, new Actor("operator", null), Token);
        Assert.Null(await stage.Get<ILoadLedger>().FindNewerDeliveryAsync(older, Token));

        var newer = await AcceptAsync(spec => spec with { TableSchema = null });
        Assert.Equal(newer, await stage.Get<ILoadLedger>().FindNewerDeliveryAsync(older, Token));
        Assert.Null(await stage.Get<ILoadLedger>().FindNewerDeliveryAsync(newer, Token));

        async Task<LoadId> AcceptAsync(Func<LoadSpec, LoadSpec> change)
        {
            var load = stage.New("o");
            load = load with { Spec = change(load.Spec with { TableSchema = "public" }) };
            await stage.Get<IAcceptLoads>().AcceptAsync([load], Token);
            return load.Id;
        }
    }

    [Fact]
    public async Task A_spec_comes_back_from_the_ledger_as_it_was_accepted()
    {
        await using var stage = await QueueStage.OpenAsync(server);
        var spec = stage.Spec() with
        {
            TableSchema = "sales",
            TableNamed = true,
            Mode = LoadMode.Append,
            Format = Etl.Loader.Survey.DataFormat.Delimited,
            Schema = new Dictionary<string, string> { ["Id"] = "bigint" },
            Dialect = new Etl.Loader.Survey.DialectSpec { Delimiter = ";", Null = ["", "\u0000"], Header = true, Skip = 2 },
            Ragged = Etl.Loader.Survey.RaggedRows.Pad,
            RejectsMax = 100,
            Expect = new Expectation(1, null, "ab"),
            Priority = LoadPriority.High,
            Adopt = true,
            Again = true,
            TypesAsText = true,
        };
        var load = new NewLoad(LoadId.New(TimeProvider.System), spec);
        await stage.Get<IAcceptLoads>().AcceptAsync([load], Token);
        var back = (await stage.RecordAsync(load.Id)).Spec;
        Assert.Equivalent(spec, back, strict: true);
        Assert.Equal("sales." + spec.TableName, await stage.ScalarAsync<string>("SELECT table_name FROM etl_loader.load_status"));
    }
}

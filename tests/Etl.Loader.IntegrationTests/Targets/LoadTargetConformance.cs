using Etl.Loader.Faults;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Targets;

/// <summary>What every target keeps, whatever the database. A subclass makes targets on a new, empty database and asks it.</summary>
public abstract partial class LoadTargetConformance
{
    private static readonly Guid Installation = new("019350c0-0000-7000-8000-000000000001");
    private long _sequence;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Another target object on the same database each time: as another process would have it.</summary>
    internal abstract Task<ILoadTarget> CreateTargetAsync();

    /// <summary>The rows that a reader sees, every value as the database's own text, null as null. Throws when the query fails.</summary>
    internal abstract Task<IReadOnlyList<IReadOnlyList<string?>>> QueryAsync(string sql);

    /// <summary>How a reader names the table.</summary>
    internal virtual string Table(ILoadTarget target, string name) => $"\"{target.DefaultSchema}\".\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    internal static Task<long> TakeAsync(ILoadTarget target) => target.TakeLaneAsync(new LaneClaim(Installation, "test:1"), Token);

    internal static StageRequest Staging(
        ILoadTarget target, long epoch, string table, MemoryDataset dataset, LoadMode mode = LoadMode.Replace, long rejectsMax = 0, LoadId? load = null, string? sha256 = null) => new()
        {
            Load = load ?? LoadId.New(TimeProvider.System),
            Epoch = epoch,
            Table = new TableName(target.DefaultSchema, table),
            Mode = mode,
            Columns = dataset.Columns,
            Survey = dataset.Survey(sha256),
            Reader = dataset,
            RejectsMax = rejectsMax,
        };

    internal static PublishRequest Publishing(
        StageRequest request, IStagedLoad staged, long sequence, string dataset = "data.csv", bool adopt = false, bool named = false, bool again = false) => new()
        {
            Adopt = adopt,
            TableNamed = named,
            Again = again,
            Receipt = new LoadReceipt
            {
                LoadId = request.Load,
                Inbox = "inbox",
                Dataset = dataset,
                TableName = request.Table.ToString(),
                Mode = request.Mode == LoadMode.Append ? "append" : "replace",
                RowsLoaded = staged.RowsLoaded,
                RowsRejected = staged.RowsRejected,
                Bytes = request.Survey.Bytes,
                Sha256 = request.Survey.Sha256,
                Sequence = sequence,
                AcceptedAt = DateTimeOffset.UnixEpoch.AddDays(20_000),
                StartedAt = DateTimeOffset.UnixEpoch.AddDays(20_001),
                PublishedAt = default,
                Details = """{"note": "test"}""",
            },
        };

    internal async Task<PublishOutcome> LoadAsync(
        ILoadTarget target, long epoch, string table, MemoryDataset dataset, LoadMode mode = LoadMode.Replace, string name = "data.csv",
        long? sequence = null, bool adopt = false, bool named = false, bool again = false, long rejectsMax = 0)
    {
        var request = Staging(target, epoch, table, dataset, mode, rejectsMax);
        await using var staged = await target.StageAsync(request, new Progress<StageProgress>(), Token);
        return await staged.PublishAsync(Publishing(request, staged, sequence ?? ++_sequence, name, adopt, named, again), Token);
    }

    internal static MemoryDataset Numbers(params int[] values) =>
        MemoryDataset.Of([("id", TypeKind.BigInt)], [.. values.Select(v => new[] { v.ToString(System.Globalization.CultureInfo.InvariantCulture) })]);

    private async Task<string?> ScalarAsync(string sql) => (await QueryAsync(sql))[0][0];

    [Fact]
    public async Task The_receipt_is_found_and_says_what_was_published()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        var request = Staging(target, epoch, "orders", Numbers(1, 2, 3));
        await using (var staged = await target.StageAsync(request, new Progress<StageProgress>(), Token))
        {
            Assert.Null(await target.FindReceiptAsync(request.Load, Token));
            var outcome = await staged.PublishAsync(Publishing(request, staged, ++_sequence), Token);
            Assert.Equal(await target.FindReceiptAsync(request.Load, Token), outcome.Receipt);
        }

        await using var other = await CreateTargetAsync();
        var receipt = await other.FindReceiptAsync(request.Load, Token);
        Assert.NotNull(receipt);
        Assert.Equal((3L, 0L, "replace", request.Survey.Sha256), (receipt.RowsLoaded, receipt.RowsRejected, receipt.Mode, receipt.Sha256));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddDays(20_000), receipt.AcceptedAt);
        Assert.True(receipt.PublishedAt > DateTimeOffset.UnixEpoch.AddDays(20_000));
    }

    [Fact]
    public async Task A_load_that_runs_twice_finds_its_receipt_and_changes_nothing()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        var load = LoadId.New(TimeProvider.System);
        foreach (var _ in new[] { 1, 2 })
        {
            var request = Staging(target, epoch, "twice", MemoryDataset.Of([("id", TypeKind.BigInt)], ["1"], ["x"], ["2"]), LoadMode.Append, rejectsMax: 1, load: load);
            await using var staged = await target.StageAsync(request, new Progress<StageProgress>(), Token);
            var outcome = await staged.PublishAsync(Publishing(request, staged, 1, again: true), Token);
            Assert.Equal(load, outcome.Receipt!.LoadId);
        }

        Assert.Equal("2", await ScalarAsync($"SELECT count(*) FROM {Table(target, "twice")}"));
        Assert.Equal("x", Assert.Single(await target.ReadRejectsAsync(load, Token).ToListAsync(Token)).Raw);
    }

    [Fact]
    public async Task Staged_rows_are_not_seen_and_go_when_they_are_not_published()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        await LoadAsync(target, epoch, "orders", Numbers(1));
        var request = Staging(target, epoch, "orders", Numbers(2, 3));
        await using (await target.StageAsync(request, new Progress<StageProgress>(), Token))
        {
        }

        await target.DropStagingAsync(request.Load, epoch, Token);
        await target.DropStagingAsync(request.Load, epoch, Token);
        Assert.Equal([["1"]], await QueryAsync($"SELECT id FROM {Table(target, "orders")}"));
        Assert.Null(await target.FindReceiptAsync(request.Load, Token));
    }

    [Fact]
    public async Task A_replace_puts_the_new_rows_in_place_of_the_old()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        await LoadAsync(target, epoch, "orders", Numbers(1, 2));
        await LoadAsync(target, epoch, "orders", MemoryDataset.Of([("id", TypeKind.BigInt), ("more", TypeKind.Text)], ["3", "x"]));
        Assert.Equal([["3", "x"]], await QueryAsync($"SELECT id, more FROM {Table(target, "orders")}"));
    }

    [Fact]
    public async Task A_replace_older_than_the_newest_receipt_is_superseded()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        var newest = await LoadAsync(target, epoch, "orders", Numbers(2), sequence: 20);
        var late = await LoadAsync(target, epoch, "orders", Numbers(1), sequence: 10);
        Assert.Null(late.Receipt);
        Assert.Equal(newest.Receipt!.LoadId, late.SupersededBy);
        Assert.Equal([["2"]], await QueryAsync($"SELECT id FROM {Table(target, "orders")}"));
    }

    [Fact]
    public async Task A_second_dataset_of_a_table_is_reported_so_even_where_the_first_came_later()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        var first = await LoadAsync(target, epoch, "orders", Numbers(2), name: "orders.csv", sequence: 20);
        var fault = await Assert.ThrowsAsync<DatasetException>(() => LoadAsync(target, epoch, "orders", Numbers(1), name: "Orders.csv", sequence: 10));
        Assert.Contains("orders.csv", fault.Message, StringComparison.Ordinal);
        Assert.Contains("\"table\"", fault.Hint, StringComparison.Ordinal);

        // Who names the table shares it, and then the newest delivery wins.
        var named = await LoadAsync(target, epoch, "orders", Numbers(1), name: "Orders.csv", sequence: 10, named: true);
        Assert.Equal(first.Receipt!.LoadId, named.SupersededBy);
        Assert.Equal([["2"]], await QueryAsync($"SELECT id FROM {Table(target, "orders")}"));
    }

    [Fact]
    public async Task A_value_that_the_type_cannot_take_fails_the_load_naming_line_and_column()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        var bad = MemoryDataset.Of([("id", TypeKind.BigInt), ("day", TypeKind.Date)], ["1", "2026-01-01"], ["2", "soon"]);
        var fault = await Assert.ThrowsAsync<DatasetException>(() => LoadAsync(target, epoch, "bad", bad));
        Assert.Equal(("data.csv", 3L, "day"), (fault.File, fault.Line, fault.Column));
        Assert.Contains("'soon'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("\"schema\": { \"day\": \"text\" }", fault.Hint, StringComparison.Ordinal);
        Assert.Equal(FaultKind.Data, target.Classify(fault).Kind);
        Assert.Null(await target.FindTableAsync(new TableName(target.DefaultSchema, "bad"), Token));
    }

    [Fact]
    public async Task Allowed_rejects_are_counted_and_kept_and_the_other_rows_loaded()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        var outcome = await LoadAsync(target, epoch, "some", MemoryDataset.Of([("id", TypeKind.BigInt)], ["1"], ["two"], ["3"]), rejectsMax: 1);
        Assert.Equal((2L, 1L), (outcome.Receipt!.RowsLoaded, outcome.Receipt.RowsRejected));
        Assert.Equal([["1"], ["3"]], await QueryAsync($"SELECT id FROM {Table(target, "some")} ORDER BY id"));
        Assert.Equal([["data.csv", "3", "id", "two"]], await QueryAsync("SELECT file, line, column_name, raw FROM etl_loader.rejects"));
        var read = new List<RejectedRecord>();
        await foreach (var reject in target.ReadRejectsAsync(outcome.Receipt.LoadId, Token))
        {
            read.Add(reject);
        }

        Assert.Equal(("data.csv", 3L, "id", "two"), Assert.Single(read) is var r ? (r.File, r.Line, r.Column, r.Raw) : default);
    }

    [Fact]
    public async Task Rows_that_were_surveyed_and_not_read_fail_the_load()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        var request = Staging(target, epoch, "short", Numbers(1, 2));
        request = request with { Survey = request.Survey with { Rows = 3 } };
        await Assert.ThrowsAsync<DatasetException>(async () =>
        {
            await using var staged = await target.StageAsync(request, new Progress<StageProgress>(), Token);
        });
        Assert.Null(await target.FindTableAsync(request.Table, Token));
    }

    [Fact]
    public async Task An_append_adds_rows_by_column_name_and_missing_columns_are_null()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        await LoadAsync(target, epoch, "log", MemoryDataset.Of([("id", TypeKind.BigInt), ("name", TypeKind.Text), ("note", TypeKind.Text)], ["1", "a", "x"]));
        await LoadAsync(target, epoch, "log", MemoryDataset.Of([("name", TypeKind.Text), ("id", TypeKind.BigInt)], ["b", "2"]), LoadMode.Append);
        Assert.Equal([["1", "a", "x"], ["2", "b", null]], await QueryAsync($"SELECT id, name, note FROM {Table(target, "log")} ORDER BY id"));
    }

    [Fact]
    public async Task An_append_with_an_extra_column_fails_with_the_statement_to_run()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        await LoadAsync(target, epoch, "log", Numbers(1));
        var fault = await Assert.ThrowsAsync<DatasetException>(() => LoadAsync(
            target, epoch, "log", MemoryDataset.Of([("id", TypeKind.BigInt), ("more", TypeKind.BigInt)], ["2", "3"]), LoadMode.Append));
        Assert.Contains("ALTER TABLE", fault.Hint, StringComparison.Ordinal);
        Assert.Equal([["1"]], await QueryAsync($"SELECT id FROM {Table(target, "log")}"));
    }

    [Fact]
    public async Task An_append_of_content_that_is_there_is_refused_unless_wanted_again()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        await LoadAsync(target, epoch, "log", Numbers(1), LoadMode.Append);
        await Assert.ThrowsAsync<DatasetException>(() => LoadAsync(target, epoch, "log", Numbers(1), LoadMode.Append));
        await LoadAsync(target, epoch, "log", Numbers(1), LoadMode.Append, again: true);
        Assert.Equal("2", await ScalarAsync($"SELECT count(*) FROM {Table(target, "log")}"));
    }

    [Fact]
    public async Task A_table_of_another_dataset_is_refused_naming_it_unless_the_trigger_names_the_table()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        await LoadAsync(target, epoch, "orders", Numbers(1), name: "first/orders.csv");
        var fault = await Assert.ThrowsAsync<DatasetException>(() => LoadAsync(target, epoch, "orders", Numbers(2), name: "second/orders.csv"));
        Assert.Contains("first/orders.csv", fault.Message, StringComparison.Ordinal);
        await LoadAsync(target, epoch, "orders", Numbers(3), name: "second/orders.csv", named: true);
        Assert.Equal([["3"]], await QueryAsync($"SELECT id FROM {Table(target, "orders")}"));
    }

    [Fact]
    public async Task A_table_of_no_one_is_replaced_only_when_adopted()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        await QueryAsync($"CREATE TABLE {Table(target, "legacy")} (id bigint)");
        await Assert.ThrowsAsync<DatasetException>(() => LoadAsync(target, epoch, "legacy", Numbers(1)));
        await LoadAsync(target, epoch, "legacy", Numbers(1), adopt: true);
        Assert.Equal([["1"]], await QueryAsync($"SELECT id FROM {Table(target, "legacy")}"));
    }

    [Fact]
    public async Task The_table_is_found_with_its_types_and_its_newest_receipt()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        Assert.Null(await target.FindTableAsync(new TableName(target.DefaultSchema, "typed"), Token));
        TypeKind[] kinds = [TypeKind.Boolean, TypeKind.BigInt, TypeKind.Float8, TypeKind.Date, TypeKind.Time, TypeKind.Timestamp, TypeKind.TimestampTz, TypeKind.Uuid, TypeKind.Bytes, TypeKind.Text];
        var outcome = await LoadAsync(target, epoch, "typed", MemoryDataset.Of([.. kinds.Select(k => ($"c_{k}", k))]));
        var table = await target.FindTableAsync(new TableName(target.DefaultSchema, "typed"), Token);
        Assert.NotNull(table);
        Assert.Equal(kinds.Select(k => (TypeKind?)k), table.Columns.Select(c => c.Type?.Kind));
        Assert.Equal(outcome.Receipt, table.LastReceipt);
    }

    [Fact]
    public async Task Epochs_rise_and_another_installation_is_refused()
    {
        await using var target = await CreateTargetAsync();
        var first = await TakeAsync(target);
        var second = await TakeAsync(target);
        Assert.True(second > first);
        await Assert.ThrowsAsync<LoaderException>(() => target.TakeLaneAsync(new LaneClaim(new Guid("019350c0-0000-7000-8000-000000000002"), "test:2"), Token));
    }

    [Fact]
    public async Task Who_has_lost_the_lane_stages_nothing()
    {
        await using var target = await CreateTargetAsync();
        var stale = await TakeAsync(target);
        await TakeAsync(target);
        var fault = await Assert.ThrowsAsync<FencedException>(() => LoadAsync(target, stale, "orders", Numbers(1)));
        Assert.Equal(FaultKind.Fenced, target.Classify(fault).Kind);
        await Assert.ThrowsAsync<FencedException>(() => target.DropStagingAsync(LoadId.New(TimeProvider.System), stale, Token));
        Assert.Null(await target.FindTableAsync(new TableName(target.DefaultSchema, "orders"), Token));
    }

    [Fact]
    public async Task Who_has_lost_the_lane_publishes_nothing()
    {
        await using var target = await CreateTargetAsync();
        var stale = await TakeAsync(target);
        var request = Staging(target, stale, "orders", Numbers(1));
        await using (var staged = await target.StageAsync(request, new Progress<StageProgress>(), Token))
        {
            await TakeAsync(target);
            await Assert.ThrowsAsync<FencedException>(() => staged.PublishAsync(Publishing(request, staged, ++_sequence), Token));
        }

        Assert.Null(await target.FindTableAsync(request.Table, Token));
        Assert.Null(await target.FindReceiptAsync(request.Load, Token));
    }
}

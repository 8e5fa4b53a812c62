using System.Globalization;
using Etl.Loader.Faults;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.PostgreSql;
using Npgsql;
using PostgreSqlIdentifiers = Etl.Loader.Targets.PostgreSql.Identifiers;
using PostgreSqlTuning = Etl.Loader.Targets.PostgreSql.Settings;

namespace Etl.Loader.IntegrationTests.Targets.PostgreSql;

/// <summary>Rows on their way into the staging table: broken off, resumed, over several streams, and refused.</summary>
public sealed class PostgreSqlStagingTests(PostgresServer server)
{
    private static readonly PostgreSqlTuning Chunked = new() { ChunkedFrom = 0, ParallelFrom = 0, CommitFrom = 0 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static MemoryDataset Numbers(int count, int chunkRows = 0, Action<long>? beforeRow = null) => new(
        [new TargetColumn(0, "id", "id", new ColumnType(TypeKind.BigInt))],
        [.. Enumerable.Range(1, count).Select(i => new[] { i.ToString(CultureInfo.InvariantCulture) })])
    { ChunkRows = chunkRows, BatchRows = 10, BeforeRow = beforeRow };

    private static string Staging(StageRequest request) => PostgreSqlIdentifiers.Quote(PostgreSqlIdentifiers.Staging(request.Load));

    private static async Task EndWritersAsync(PostgreSqlDatabase database) =>
        await database.QueryAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'etl-loader lane=%'");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Chunks_over_several_streams_become_one_table(int streams)
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target(Chunked, new TargetOptions { Streams = streams }));
        var receipt = await loader.LoadAsync("many", Numbers(5000, chunkRows: 300));
        Assert.Equal(5000, receipt.RowsLoaded);
        Assert.Equal([["5000", "5000", "12502500"]], await database.QueryAsync("SELECT count(*), count(DISTINCT id), sum(id) FROM public.many"));
        Assert.Equal([["0"]], await database.QueryAsync("SELECT count(*) FROM etl_loader.checkpoints"));
        Assert.Equal([["0"]], await database.QueryAsync("SELECT count(*) FROM pg_class WHERE relnamespace = 'etl_loader_staging'::regnamespace"));
    }

    [Fact]
    public async Task A_target_is_reached_over_its_servers_unix_socket()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        var directory = (await database.QueryAsync("SELECT split_part(current_setting('unix_socket_directories'), ',', 1)"))[0][0];
        Assert.StartsWith("/", directory, StringComparison.Ordinal);
        var local = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Host = directory }.ConnectionString;
        await using var loader = new TargetDriver(new PostgreSqlDatabase(local).Target(Chunked, new TargetOptions { Streams = 2 }));
        Assert.Equal(1000, (await loader.LoadAsync("near", Numbers(1000, chunkRows: 300))).RowsLoaded);
    }

    [Fact]
    public async Task A_load_broken_off_continues_with_the_chunks_that_are_missing()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target(Chunked, new TargetOptions { Streams = 1 }));
        var breaking = Numbers(1000, chunkRows: 100, row => { if (row == 450) { throw new IOException("the share is gone"); } });
        var request = await loader.RequestAsync("resumed", breaking);
        await Assert.ThrowsAsync<IOException>(() => loader.StageAsync(request));
        Assert.Equal([["400"]], await database.QueryAsync($"SELECT count(*) FROM {Staging(request)}"));
        Assert.Equal([["4"]], await database.QueryAsync("SELECT count(*) FROM etl_loader.checkpoints"));

        var read = new List<long>();
        var again = request with { Reader = Numbers(1000, chunkRows: 100, read.Add) };
        await using var staged = await loader.StageAsync(again);
        Assert.Equal(1000, staged.RowsLoaded);
        Assert.Equal(Enumerable.Range(400, 600).Select(i => (long)i), read);
        Assert.NotNull((await loader.PublishAsync(again, staged)).Receipt);
        Assert.Equal([["1000", "500500"]], await database.QueryAsync("SELECT count(*), sum(id) FROM public.resumed"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_load_that_is_to_wind_up_ends_with_the_chunks_under_way_and_loses_none_of_them(int streams)
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target(Chunked, new TargetOptions { Streams = streams }));
        using var windUp = new CancellationTokenSource();
        var request = await loader.RequestAsync("wound", Numbers(1000, chunkRows: 100, row => { if (row >= 250) { windUp.Cancel(); } })) with { WindUp = windUp.Token };
        await Assert.ThrowsAsync<WoundUpException>(() => loader.StageAsync(request));
        var done = long.Parse((await database.QueryAsync($"SELECT count(*) FROM {Staging(request)}"))[0][0]!, CultureInfo.InvariantCulture);
        Assert.True(done >= 300 && done < 1000 && done % 100 == 0, $"{done} rows are staged");

        // Stopped again after one chunk: what was there stays.
        using var again = new CancellationTokenSource();
        var second = request with { Reader = Numbers(1000, chunkRows: 100, _ => again.Cancel()), WindUp = again.Token };
        await Assert.ThrowsAsync<WoundUpException>(() => loader.StageAsync(second));
        Assert.True(long.Parse((await database.QueryAsync($"SELECT count(*) FROM {Staging(request)}"))[0][0]!, CultureInfo.InvariantCulture) > done);

        var last = request with { Reader = Numbers(1000, chunkRows: 100), WindUp = default };
        await using var staged = await loader.StageAsync(last);
        Assert.NotNull((await loader.PublishAsync(last, staged)).Receipt);
        Assert.Equal([["1000", "500500"]], await database.QueryAsync("SELECT count(*), sum(id) FROM public.wound"));
    }

    [Fact]
    public async Task A_receipt_says_when_the_rows_were_published_and_not_when_they_began_to_be_copied()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target());
        var copying = "";
        var numbers = Numbers(300, beforeRow: row =>
        {
            if (row == 250)
            {
                copying = database.QueryAsync("SELECT clock_timestamp()").GetAwaiter().GetResult()[0][0]!;
            }
        });
        await loader.LoadAsync("late", numbers);
        Assert.Equal([["t"]], await database.QueryAsync($"SELECT published_at > '{copying}' FROM etl_loader.receipts"));
    }

    [Fact]
    public async Task A_load_that_is_to_wind_up_with_its_last_chunk_is_whole()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target(Chunked, new TargetOptions { Streams = 1 }));
        using var windUp = new CancellationTokenSource();
        var request = await loader.RequestAsync("whole", Numbers(300, chunkRows: 100, row => { if (row == 250) { windUp.Cancel(); } })) with { WindUp = windUp.Token };
        await using var staged = await loader.StageAsync(request);
        Assert.Equal(300, staged.RowsLoaded);
    }

    [Fact]
    public async Task Checkpoints_without_their_rows_are_not_believed()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target(Chunked, new TargetOptions { Streams = 1 }));
        var request = await loader.RequestAsync("anew", Numbers(300, chunkRows: 100, row => { if (row == 250) { throw new IOException("gone"); } }));
        await Assert.ThrowsAsync<IOException>(() => loader.StageAsync(request));
        await database.QueryAsync($"DELETE FROM {Staging(request)} WHERE id = 7");
        var again = request with { Reader = Numbers(300, chunkRows: 100) };
        await using var staged = await loader.StageAsync(again);
        Assert.NotNull((await loader.PublishAsync(again, staged)).Receipt);
        Assert.Equal([["300", "300"]], await database.QueryAsync("SELECT count(*), count(DISTINCT id) FROM public.anew"));
    }

    [Fact]
    public async Task Rejects_of_chunks_are_kept_over_an_interruption()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target(Chunked, new TargetOptions { Streams = 1 }));
        string?[][] rows = [["1"], ["x"], ["3"], ["y"]];
        MemoryDataset Dataset(Action<long>? before) => new([new TargetColumn(0, "id", "id", new ColumnType(TypeKind.BigInt))], rows) { ChunkRows = 2, BatchRows = 1, BeforeRow = before };
        var request = await loader.RequestAsync("some", Dataset(row => { if (row == 2) { throw new IOException("gone"); } }), rejectsMax: 2);
        await Assert.ThrowsAsync<IOException>(() => loader.StageAsync(request));
        var again = request with { Reader = Dataset(null) };
        await using var staged = await loader.StageAsync(again);
        Assert.Equal((2L, 2L), (staged.RowsLoaded, staged.RowsRejected));
        Assert.NotNull((await loader.PublishAsync(again, staged)).Receipt);
        Assert.Equal([["3", "x"], ["5", "y"]], await database.QueryAsync("SELECT line, raw FROM etl_loader.rejects ORDER BY line"));
        await loader.Target.DropStagingAsync(request.Load, await loader.EpochAsync(), Token);
        Assert.Equal([["2"]], await database.QueryAsync("SELECT count(*) FROM etl_loader.rejects"));
    }

    [Fact]
    public async Task A_chunked_publish_waits_until_no_reader_can_see_a_part()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target(Chunked, new TargetOptions { PublishWait = TimeSpan.FromSeconds(20) }));
        await loader.LoadAsync("orders", Numbers(10, chunkRows: 5));
        await using var reader = await database.OpenAsync();
        var request = await loader.RequestAsync("orders", Numbers(20, chunkRows: 5));
        var snapshot = await reader.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, Token);
        await PostgreSqlDatabase.QueryAsync(reader, "SELECT 1");
        await using var staged = await loader.StageAsync(request);
        var waits = new System.Collections.Concurrent.ConcurrentQueue<string?>();
        var publish = loader.PublishAsync(request, staged, waits: waits.Enqueue);
        Assert.NotSame(publish, await Task.WhenAny(publish, Task.Delay(TimeSpan.FromMilliseconds(500), Token)));
        Assert.Equal([["10"]], await PostgreSqlDatabase.QueryAsync(reader, "SELECT count(*) FROM public.orders"));
        await snapshot.CommitAsync(Token);
        Assert.NotNull((await publish).Receipt);
        Assert.Equal([["20"]], await database.QueryAsync("SELECT count(*) FROM public.orders"));
        Assert.Contains("transactions that began before the rows of public.orders were there", waits.First(), StringComparison.Ordinal);
        Assert.Null(waits.Last());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_killed_midway_leaves_nothing_visible(bool chunked)
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target(chunked ? Chunked : null));
        await loader.LoadAsync("orders", Numbers(3));
        var killed = false;
        var dataset = Numbers(200_000, chunked ? 50_000 : 0, row =>
        {
            if (row == 120_000 && !killed)
            {
                killed = true;
                EndWritersAsync(database).GetAwaiter().GetResult();
            }
        });
        var request = await loader.RequestAsync("orders", dataset);
        var fault = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var staged = await loader.StageAsync(request);
            await loader.PublishAsync(request, staged);
        });
        Assert.Equal(FaultKind.Outage, loader.Target.Classify(fault).Kind);
        Assert.Equal([["3"]], await database.QueryAsync("SELECT count(*) FROM public.orders"));
        Assert.Null(await loader.Target.FindReceiptAsync(request.Load, Token));
        var again = request with { Reader = Numbers(200_000, chunked ? 50_000 : 0) };
        await using var second = await loader.StageAsync(again);
        Assert.NotNull((await loader.PublishAsync(again, second)).Receipt);
        Assert.Equal([["200000"]], await database.QueryAsync("SELECT count(*) FROM public.orders"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_loses_the_lane_while_copying_is_fenced(bool chunked)
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target(chunked ? Chunked : null));
        await using var other = database.Target();
        await loader.EpochAsync();
        var dataset = Numbers(100_000, chunked ? 25_000 : 0, row =>
        {
            if (row == 60_000)
            {
                LoadTargetConformance.TakeAsync(other).GetAwaiter().GetResult();
            }
        });
        var request = await loader.RequestAsync("orders", dataset);
        await Assert.ThrowsAsync<FencedException>(async () =>
        {
            await using var staged = await loader.StageAsync(request);
            await loader.PublishAsync(request, staged);
        });
        Assert.Null(await other.FindTableAsync(request.Table, Token));
    }

    [Fact]
    public async Task Who_loses_the_lane_after_staging_chunks_publishes_nothing()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target(Chunked));
        await using var other = database.Target();
        var request = await loader.RequestAsync("orders", Numbers(100, chunkRows: 50));
        await using var staged = await loader.StageAsync(request);
        await LoadTargetConformance.TakeAsync(other);
        await Assert.ThrowsAsync<FencedException>(() => loader.PublishAsync(request, staged));
        Assert.Null(await other.FindTableAsync(request.Table, Token));
    }

    [Fact]
    public async Task More_columns_than_postgresql_has_are_refused_before_anything_is_written()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target());
        var columns = Enumerable.Range(0, 1700).Select(i => ($"c{i}", TypeKind.Text)).ToList();
        var fault = await Assert.ThrowsAsync<DatasetException>(() => loader.LoadAsync("wide", MemoryDataset.Of(columns)));
        Assert.Contains("1,700 columns", fault.Message, StringComparison.Ordinal);
        Assert.Contains("1600", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_too_wide_for_a_page_is_a_fault_of_the_data()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target());
        var columns = Enumerable.Range(0, 1600).Select(i => ($"c{i}", TypeKind.Uuid)).ToList();
        var fault = await Assert.ThrowsAsync<PostgresException>(() => loader.LoadAsync(
            "wide", MemoryDataset.Of(columns, [.. Enumerable.Repeat("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", 1600)])));
        Assert.Equal(FaultKind.Data, loader.Target.Classify(fault).Kind);
    }

    [Fact]
    public async Task A_schema_that_is_not_there_is_refused_with_the_statement_to_run()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target());
        var fault = await Assert.ThrowsAsync<DatasetException>(() => loader.LoadAsync("orders", Numbers(1), schema: "sales"));
        Assert.Contains("CREATE SCHEMA \"sales\"", fault.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bytes:\xff\xfe")]
    [InlineData("a\0b")]
    public async Task Text_that_postgresql_cannot_hold_is_rejected(string value)
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target());
        var receipt = await loader.LoadAsync("texts", MemoryDataset.Of([("v", TypeKind.Text)], ["fine"], [value]), rejectsMax: 1);
        Assert.Equal((1L, 1L), (receipt.RowsLoaded, receipt.RowsRejected));
    }

    [Theory]
    [InlineData("numeric", "Numeric", "123456789012345678901234567890.123456789012345678901234567890")]
    [InlineData("numeric", "Numeric", "-0.00000000000000000001")]
    [InlineData("numeric", "Numeric", "10000.00010000")]
    [InlineData("numeric", "Numeric", "100000000")]
    [InlineData("timestamp with time zone", "TimestampTz", "2026-03-29T01:30:00.5Z")]
    [InlineData("bytea", "Bytes", "\\x00ff10")]
    [InlineData("jsonb", "Json", "{\"a\": [1, 2.50, null, \"\\u00e9\\ud83d\\ude00\"]}")]
    [InlineData("double precision", "Float8", "NaN")]
    [InlineData("double precision", "Float8", "-Infinity")]
    public async Task A_value_is_the_one_that_postgresql_itself_reads_from_the_text(string declared, string kind, string value)
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target());
        await loader.LoadAsync("one", MemoryDataset.Of([("v", Enum.Parse<TypeKind>(kind))], [value]));
        Assert.Equal([["t", declared]], await database.QueryAsync(
            $"SELECT v::text = CAST('{value}' AS {declared})::text, format_type(atttypid, atttypmod) FROM public.one, pg_attribute WHERE attrelid = 'public.one'::regclass AND attname = 'v'"));
    }

    [Fact]
    public async Task An_append_into_a_narrower_column_says_so_and_adds_nothing()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target());
        await database.QueryAsync("CREATE TABLE public.legacy (price numeric(6,2), name varchar(3), id int)");
        MemoryDataset Row(string price, string name, string id) => new(
            [new(0, "price", "price", new ColumnType(TypeKind.Numeric, 6, 2)), new(1, "name", "name", ColumnType.Text), new(2, "id", "id", new ColumnType(TypeKind.BigInt))],
            [[price, name, id]]);
        await loader.LoadAsync("legacy", Row("1.25", "abc", "1"), LoadMode.Append, adopt: true);
        await Assert.ThrowsAsync<DatasetException>(() => loader.LoadAsync("legacy", Row("1.25", "abcd", "1"), LoadMode.Append));
        await Assert.ThrowsAsync<DatasetException>(() => loader.LoadAsync("legacy", Row("1.255", "abc", "1"), LoadMode.Append));
        var range = await Assert.ThrowsAsync<PostgresException>(() => loader.LoadAsync("legacy", Row("1.25", "abc", "3000000000"), LoadMode.Append));
        Assert.Equal(FaultKind.Data, loader.Target.Classify(range).Kind);
        Assert.Equal([["1.25", "abc", "1"]], await database.QueryAsync("SELECT * FROM public.legacy"));
    }

    [Fact]
    public async Task Another_target_name_on_the_same_database_is_refused()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var first = database.Target();
        await using var second = database.Target(name: "reports");
        await LoadTargetConformance.TakeAsync(first);
        var fault = await Assert.ThrowsAsync<LoaderException>(() => LoadTargetConformance.TakeAsync(second));
        Assert.Contains("'warehouse'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_processes_may_take_the_lane_of_a_new_database_at_once()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        var targets = Enumerable.Range(0, 4).Select(_ => database.Target()).ToList();
        var epochs = await Task.WhenAll(targets.Select(t => LoadTargetConformance.TakeAsync(t)));
        Assert.Equal([1L, 2L, 3L, 4L], epochs.Order());
        foreach (var target in targets)
        {
            await target.DisposeAsync();
        }
    }
}

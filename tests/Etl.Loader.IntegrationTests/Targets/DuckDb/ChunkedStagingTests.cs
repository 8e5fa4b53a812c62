using System.Globalization;
using System.IO.Compression;
using System.Text;
using Etl.Loader.Faults;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Targets.DuckDb;

/// <summary>Large text on its way into the staging table: over several streams, broken off, resumed, and with the file closed in between.</summary>
public sealed class ChunkedStagingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Lake Open(int streams, long cells = long.MaxValue) => Lake.Create(with: usual => usual with
    {
        Streams = streams,
        ChunkBytes = 0,
        CellsOfOneOpening = cells,
    });

    private static MemoryDataset Numbers(int count, int chunkRows, Action<long>? beforeRow = null) => new(
        [new TargetColumn(0, "id", "id", new ColumnType(TypeKind.BigInt))],
        [.. Enumerable.Range(1, count).Select(i => new[] { i.ToString(CultureInfo.InvariantCulture) })])
    { ChunkRows = chunkRows, BatchRows = 10, BeforeRow = beforeRow };

    private static string Staging(StageRequest request) => $"main.\"__etl_{request.Load}\"";

    private static long Staged(Lake lake, StageRequest request) =>
        long.Parse(lake.Query($"SELECT count(*) FROM {Staging(request)}")[0][0]!, CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(1, long.MaxValue)]
    [InlineData(2, long.MaxValue)]
    [InlineData(4, long.MaxValue)]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    public async Task Chunks_over_several_streams_become_one_table(int streams, long cells)
    {
        await using var lake = Open(streams, cells);
        await using var loader = new TargetDriver(lake.Target);
        var receipt = await loader.LoadAsync("many", Numbers(5000, chunkRows: 300));
        Assert.Equal(5000, receipt.RowsLoaded);
        Assert.Equal([["5000", "5000", "12502500"]], lake.Query("SELECT count(*), count(DISTINCT id), sum(id) FROM many"));
        Assert.Equal([["0"]], lake.Query("SELECT count(*) FROM etl_loader.checkpoints"));
        Assert.Equal([["many"]], lake.Query("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'"));
    }

    [Fact]
    public async Task Long_values_are_loaded_as_they_are()
    {
        await using var lake = Open(streams: 2);
        await using var loader = new TargetDriver(lake.Target);
        Assert.Equal(2500, (await loader.LoadAsync("documents", LongTexts())).RowsLoaded);
        Assert.Equal([["2500", "20000", "20000"]], lake.Query("SELECT count(*), min(length(doc)), max(length(doc)) FROM documents"));
    }

    /// <remarks>DuckDB keeps the log of 2,048 rows in memory, outside its limit, and a commit that has no whole row group is logged.</remarks>
    [Fact]
    public async Task Rows_so_long_that_a_commit_has_no_whole_row_group_are_committed_chunk_by_chunk()
    {
        await using var lake = Lake.Create(with: usual => usual with { Streams = 1, ChunkBytes = 500 });
        await using var loader = new TargetDriver(lake.Target);
        var parts = Numbers(400, chunkRows: 50);
        var request = await loader.RequestAsync("orders", parts);
        await Assert.ThrowsAsync<IOException>(() => loader.StageAsync(request with { Reader = new Between(parts, Fail(after: 3)) }));
        Assert.Equal(3 * 50, Staged(lake, request));
    }

    [Fact]
    public async Task Where_memory_does_not_suffice_for_long_values_the_setting_to_raise_is_named()
    {
        await using var lake = Lake.Create(with: usual => usual with { MemoryLimit = "16MB", ChunkBytes = 0 });
        await using var loader = new TargetDriver(lake.Target);
        var fault = lake.Target.Classify(await Assert.ThrowsAnyAsync<Exception>(() => loader.LoadAsync("documents", LongTexts())));
        Assert.Equal(FaultKind.Transient, fault.Kind);
        Assert.Contains("Loader:Targets:lake:MemoryLimit", fault.Hint, StringComparison.Ordinal);
    }

    /// <remarks>DuckDB holds 2,048 values of a column at a time: 40 MB of these.</remarks>
    private static MemoryDataset LongTexts()
    {
        var random = new Random(7);
        return new(
            [new TargetColumn(0, "doc", "doc", new ColumnType(TypeKind.Text))],
            [.. Enumerable.Range(0, 2500).Select(_ => new[] { random.GetHexString(20_000) })])
        { ChunkRows = 500, BatchRows = 10 };
    }

    [Fact]
    public async Task Readers_find_the_file_closed_between_chunks()
    {
        await using var lake = Open(streams: 1, cells: 1);
        await using var loader = new TargetDriver(lake.Target);
        await loader.LoadAsync("orders", Numbers(3, chunkRows: 3));
        var seen = new List<string?[]>();
        var parts = Numbers(300, chunkRows: 100);
        var request = await loader.RequestAsync("orders", parts);
        await using var staged = await loader.StageAsync(request with { Reader = new Between(parts, () => seen.AddRange(lake.Query("SELECT count(*) FROM orders"))) });
        Assert.Equal([["3"], ["3"], ["3"], ["3"]], seen);
        Assert.NotNull((await loader.PublishAsync(request, staged)).Receipt);
        Assert.Equal([["300"]], lake.Query("SELECT count(*) FROM orders"));
    }

    /// <remarks>The file's lock is waited for 100 ms where nothing is staged yet (<see cref="Lake"/>).</remarks>
    [Fact]
    public async Task A_reader_who_comes_in_between_chunks_or_before_the_publish_is_waited_for()
    {
        await using var lake = Open(streams: 1, cells: 1);
        await using var loader = new TargetDriver(lake.Target);
        await loader.LoadAsync("orders", Numbers(3, chunkRows: 3));
        var parts = Numbers(300, chunkRows: 100);
        var request = await loader.RequestAsync("orders", parts);
        var taken = 0;
        var reading = new List<Task>();
        await using var staged = await loader.StageAsync(request with { Reader = new Between(parts, () => { if (++taken == 2) { reading.Add(ReadAsync()); } }) });
        Assert.Equal(300, staged.RowsLoaded);
        await Assert.Single(reading);

        var waits = new List<string?>();
        var reader = ReadAsync();
        Assert.NotNull((await loader.PublishAsync(request, staged, waits: waits.Add)).Receipt);
        await reader;
        Assert.Matches(@"^the file is open in process \d+ ", waits[0]!);
        Assert.Equal([null], waits.Skip(1));
        Assert.Equal([["300"]], lake.Query("SELECT count(*) FROM orders"));

        // Returns once the reader is in, and ends it later.
        Task ReadAsync()
        {
            var reader = OtherProcess.ReadAsync(lake.File, Token).GetAwaiter().GetResult();
            return Task.Run(async () =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(600), Token);
                await reader.DisposeAsync();
            });
        }
    }

    [Theory]
    [InlineData(1, long.MaxValue)]
    [InlineData(1, 1)]
    [InlineData(3, long.MaxValue)]
    public async Task A_load_broken_off_continues_with_the_chunks_that_are_missing(int streams, long cells)
    {
        await using var lake = Open(streams, cells);
        await using var loader = new TargetDriver(lake.Target);
        var breaking = Numbers(1000, chunkRows: 100, row => { if (row == 450) { throw new IOException("the share is gone"); } });
        var request = await loader.RequestAsync("resumed", breaking);
        await Assert.ThrowsAsync<IOException>(() => loader.StageAsync(request));
        var left = Staged(lake, request);
        Assert.True(left % 100 == 0 && left < 1000 && (streams > 1 || left == 400), $"{left} rows are staged");
        Assert.Equal(left / 100, await lake.Target.CountCheckpointsAsync(request.Load, Token));

        var read = new List<long>();
        var again = request with { Reader = Numbers(1000, chunkRows: 100, row => { lock (read) { read.Add(row); } }) };
        await using var staged = await loader.StageAsync(again);
        Assert.Equal(1000, staged.RowsLoaded);
        Assert.Equal(1000 - left, read.Count);
        Assert.NotNull((await loader.PublishAsync(again, staged)).Receipt);
        Assert.Equal([["1000", "500500"]], lake.Query("SELECT count(*), sum(id) FROM resumed"));
        Assert.Equal(0, await lake.Target.CountCheckpointsAsync(request.Load, Token));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_load_that_is_to_wind_up_ends_with_the_chunks_under_way_and_loses_none_of_them(int streams)
    {
        await using var lake = Open(streams);
        await using var loader = new TargetDriver(lake.Target);
        using var windUp = new CancellationTokenSource();
        var request = await loader.RequestAsync("wound", Numbers(1000, chunkRows: 100, row => { if (row >= 250) { windUp.Cancel(); } })) with { WindUp = windUp.Token };
        await Assert.ThrowsAsync<WoundUpException>(() => loader.StageAsync(request));
        var done = Staged(lake, request);
        Assert.True(done >= 300 && done < 1000 && done % 100 == 0, $"{done} rows are staged");

        var last = request with { Reader = Numbers(1000, chunkRows: 100), WindUp = default };
        await using var staged = await loader.StageAsync(last);
        Assert.NotNull((await loader.PublishAsync(last, staged)).Receipt);
        Assert.Equal([["1000", "500500"]], lake.Query("SELECT count(*), sum(id) FROM wound"));
    }

    [Fact]
    public async Task Checkpoints_without_their_rows_are_not_believed()
    {
        await using var lake = Open(streams: 1);
        await using var loader = new TargetDriver(lake.Target);
        var request = await loader.RequestAsync("anew", Numbers(300, chunkRows: 100, row => { if (row == 250) { throw new IOException("gone"); } }));
        await Assert.ThrowsAsync<IOException>(() => loader.StageAsync(request));
        lake.Execute($"DELETE FROM {Staging(request)} WHERE id = 7");
        var again = request with { Reader = Numbers(300, chunkRows: 100) };
        await using var staged = await loader.StageAsync(again);
        Assert.NotNull((await loader.PublishAsync(again, staged)).Receipt);
        Assert.Equal([["300", "300"]], lake.Query("SELECT count(*), count(DISTINCT id) FROM anew"));
    }

    [Fact]
    public async Task Checkpoints_of_a_table_of_other_types_are_not_believed()
    {
        await using var lake = Open(streams: 1);
        await using var loader = new TargetDriver(lake.Target);
        var request = await loader.RequestAsync("wider", Numbers(300, chunkRows: 100, row => { if (row == 250) { throw new IOException("gone"); } }));
        await Assert.ThrowsAsync<IOException>(() => loader.StageAsync(request));
        var again = request with { Reader = Numbers(300, chunkRows: 100), Columns = [new TargetColumn(0, "id", "id", ColumnType.Text)] };
        await using var staged = await loader.StageAsync(again);
        Assert.NotNull((await loader.PublishAsync(again, staged)).Receipt);
        Assert.Equal([["300", "VARCHAR"]], lake.Query("SELECT count(DISTINCT id), min(typeof(id)) FROM wider"));
    }

    [Fact]
    public async Task Checkpoints_of_another_reading_are_begun_again()
    {
        await using var lake = Open(streams: 2);
        await using var loader = new TargetDriver(lake.Target);
        var request = await loader.RequestAsync("other", Numbers(300, chunkRows: 100, row => { if (row == 250) { throw new IOException("gone"); } }));
        await Assert.ThrowsAsync<IOException>(() => loader.StageAsync(request));
        var otherwise = Numbers(300, chunkRows: 60);
        var again = request with { Reader = otherwise, Survey = otherwise.Survey() };
        await using var staged = await loader.StageAsync(again);
        Assert.NotNull((await loader.PublishAsync(again, staged)).Receipt);
        Assert.Equal([["300", "300"]], lake.Query("SELECT count(*), count(DISTINCT id) FROM other"));
    }

    [Fact]
    public async Task Rejects_of_chunks_are_kept_over_an_interruption_and_go_with_what_was_staged()
    {
        await using var lake = Open(streams: 1);
        await using var loader = new TargetDriver(lake.Target);
        string?[][] rows = [["1"], ["x"], ["3"], ["y"]];
        MemoryDataset Dataset(Action<long>? before) => new([new TargetColumn(0, "id", "id", new ColumnType(TypeKind.BigInt))], rows) { ChunkRows = 2, BatchRows = 1, BeforeRow = before };
        var dropped = await loader.RequestAsync("some", Dataset(row => { if (row == 2) { throw new IOException("gone"); } }), rejectsMax: 2);
        await Assert.ThrowsAsync<IOException>(() => loader.StageAsync(dropped));
        Assert.Equal([["1"]], lake.Query("SELECT count(*) FROM etl_loader.rejects"));
        await lake.Target.DropStagingAsync(dropped.Load, await loader.EpochAsync(), Token);
        Assert.Equal([["0"]], lake.Query("SELECT count(*) FROM etl_loader.rejects"));

        var request = await loader.RequestAsync("some", Dataset(row => { if (row == 2) { throw new IOException("gone"); } }), rejectsMax: 2);
        await Assert.ThrowsAsync<IOException>(() => loader.StageAsync(request));
        var again = request with { Reader = Dataset(null) };
        await using var staged = await loader.StageAsync(again);
        Assert.Equal((2L, 2L), (staged.RowsLoaded, staged.RowsRejected));
        Assert.NotNull((await loader.PublishAsync(again, staged)).Receipt);
        Assert.Equal([["3", "x"], ["5", "y"]], lake.Query("SELECT line, raw FROM etl_loader.rejects ORDER BY line"));
        await lake.Target.DropStagingAsync(request.Load, await loader.EpochAsync(), Token);
        Assert.Equal([["2"]], lake.Query("SELECT count(*) FROM etl_loader.rejects"));
    }

    [Fact]
    public async Task Too_many_rejects_are_refused_by_the_first_and_leave_what_was_there()
    {
        await using var lake = Open(streams: 3);
        await using var loader = new TargetDriver(lake.Target);
        await loader.LoadAsync("orders", Numbers(3, chunkRows: 1));
        string?[][] rows = [.. Enumerable.Range(0, 1000).Select(i => new[] { i == 777 ? "n/a" : $"{i}" })];
        var dataset = new MemoryDataset([new TargetColumn(0, "id", "id", new ColumnType(TypeKind.BigInt))], rows) { ChunkRows = 100 };
        var fault = await Assert.ThrowsAsync<DatasetException>(() => loader.LoadAsync("orders", dataset));
        Assert.Contains("line 779: column 'id' has 'n/a', which is not a valid BIGINT", fault.Message, StringComparison.Ordinal);
        Assert.Equal([["3"]], lake.Query("SELECT count(*) FROM orders"));
    }

    [Fact]
    public async Task Who_loses_the_lane_between_chunks_is_fenced()
    {
        await using var lake = Open(streams: 1, cells: 1);
        await using var loader = new TargetDriver(lake.Target);
        var parts = Numbers(300, chunkRows: 100);
        var request = await loader.RequestAsync("orders", parts);
        var taken = 0;
        var reader = new Between(parts, () =>
        {
            if (++taken == 2)
            {
                LoadTargetConformance.TakeAsync(lake.Target).GetAwaiter().GetResult();
            }
        });
        await Assert.ThrowsAsync<FencedException>(() => loader.StageAsync(request with { Reader = reader }));
        Assert.Equal(100, Staged(lake, request));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Compressed_text_that_is_broken_off_continues_with_the_parts_that_are_missing(bool once)
    {
        const int rows = 20_000;
        await using var lake = Open(streams: 2);
        await using var loader = new TargetDriver(lake.Target);
        var file = new SourceFile("orders.csv.gz", Path.Combine(lake.Directory, "orders.csv.gz"));
        using (var gzip = new GZipStream(File.Create(file.Path), CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes("id,name\n" + string.Concat(Enumerable.Range(1, rows).Select(i => $"{i},order {i}\n"))));
        }

        var portions = new SequentialParts(file, [new(0, "id", "id", new(TypeKind.BigInt)), new(1, "name", "name", ColumnType.Text)], once);
        var request = await portions.RequestAsync(loader, Token);
        await Assert.ThrowsAsync<IOException>(() => loader.StageAsync(request with { Reader = new Between(request.Reader, Fail(after: 7)) }));
        Assert.InRange(Staged(lake, request), 1, rows - 1);

        var again = request with { Reader = portions.Reader(request) };
        await using var staged = await loader.StageAsync(again);
        Assert.Equal(rows, staged.RowsLoaded);
        Assert.NotNull((await loader.PublishAsync(again, staged)).Receipt);
        Assert.Equal([["20000", "20000", "200010000"]], lake.Query("SELECT count(*), count(DISTINCT name), sum(id) FROM orders"));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1)]
    public async Task Parquet_that_is_broken_off_continues_with_the_row_groups_that_are_missing(long cells)
    {
        await using var lake = Open(streams: 2, cells);
        await using var loader = new TargetDriver(lake.Target);
        var orders = new ParquetDataset(lake.Directory);
        orders.Write("order");
        var request = await orders.RequestAsync(loader, Token);
        await Assert.ThrowsAsync<IOException>(() => loader.StageAsync(request with { Reader = new Between(request.Reader, Fail(after: 4)) }));
        Assert.Equal(4 * 2048, Staged(lake, request));

        await using var staged = await loader.StageAsync(request);
        Assert.Equal(ParquetDataset.Rows, staged.RowsLoaded);
        Assert.NotNull((await loader.PublishAsync(request, staged)).Receipt);
        Assert.Equal([["20000", "20000", "200010000"]], lake.Query("SELECT count(*), count(DISTINCT name), sum(id) FROM orders"));
    }

    [Fact]
    public async Task Row_groups_of_another_file_are_not_gone_on_from()
    {
        await using var lake = Open(streams: 2);
        await using var loader = new TargetDriver(lake.Target);
        var orders = new ParquetDataset(lake.Directory);
        orders.Write("order");
        var request = await orders.RequestAsync(loader, Token);
        await Assert.ThrowsAsync<IOException>(() => loader.StageAsync(request with { Reader = new Between(request.Reader, Fail(after: 4)) }));

        orders.Write("other");
        await using var staged = await loader.StageAsync(await orders.SurveyAsync(request, Token));
        Assert.Equal([["20000", "20000", "0"]], lake.Query(
            $"SELECT count(*), count(DISTINCT id), count(*) FILTER (name LIKE 'order%') FROM {Staging(request)}"));
    }

    private static Action Fail(int after)
    {
        var taken = 0;
        return () =>
        {
            if (Interlocked.Increment(ref taken) > after)
            {
                throw new IOException("the share is gone");
            }
        };
    }

    /// <summary>Does something each time before a part is asked for.</summary>
    private sealed class Between(DatasetReader inner, Action act) : DatasetReader
    {
        public override IReadOnlyList<SourceFile> Files => inner.Files;

        public override bool Surveys => inner.Surveys;

        public override IRecordReader Open(int file, Chunk? chunk = null) => inner.Open(file, chunk);

        public override bool HasParts(DatasetSurvey survey) => inner.HasParts(survey);

        public override DatasetSurvey Finish(DatasetSurvey survey) => inner.Finish(survey);

        public override IDatasetParts OpenParts(DatasetSurvey survey, int ahead, IReadOnlyCollection<LoadedPart> loaded) =>
            new Parts(inner.OpenParts(survey, ahead, loaded), act);

        private sealed class Parts(IDatasetParts inner, Action act) : IDatasetParts
        {
            public ValueTask<DatasetPart?> TakeAsync(CancellationToken token)
            {
                act();
                return inner.TakeAsync(token);
            }

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}

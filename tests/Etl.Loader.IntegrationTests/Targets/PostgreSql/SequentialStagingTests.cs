using System.Globalization;
using System.IO.Compression;
using System.Text;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Survey;
using Etl.Loader.Targets;
using Etl.Loader.Targets.PostgreSql;
using PostgreSqlIdentifiers = Etl.Loader.Targets.PostgreSql.Identifiers;
using PostgreSqlTuning = Etl.Loader.Targets.PostgreSql.Settings;

namespace Etl.Loader.IntegrationTests.Targets.PostgreSql;

/// <summary>Text that can only be read from its start: over several streams, broken off, resumed, and changed meanwhile.</summary>
public sealed class SequentialStagingTests(PostgresServer server) : IDisposable
{
    private const int Rows = 20_000;

    private static readonly PostgreSqlTuning Chunked = new() { ChunkedFrom = 0, ParallelFrom = 0, CommitFrom = 0 };
    private static readonly TargetColumn[] Columns = [new(0, "id", "id", new(TypeKind.BigInt)), new(1, "name", "name", ColumnType.Text)];
    private readonly string _directory = Directory.CreateTempSubdirectory("etl-loader-portions-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static string Staging(StageRequest request) => PostgreSqlIdentifiers.Quote(PostgreSqlIdentifiers.Staging(request.Load));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Compressed_text_goes_over_several_streams(bool once)
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target(Chunked, new TargetOptions { Streams = 3 }));
        var request = await new SequentialParts(Write("orders"), Columns, once).RequestAsync(loader, Token);
        await using var staged = await loader.StageAsync(request);
        Assert.Equal(Rows, staged.RowsLoaded);
        Assert.NotNull((await loader.PublishAsync(request, staged)).Receipt);
        Assert.Equal(
            [["20000", "20000", "200010000"]], await database.QueryAsync("SELECT count(*), count(DISTINCT name), sum(id) FROM public.orders"));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    [InlineData(true, 3)]
    public async Task A_load_broken_off_continues_with_the_parts_that_are_missing(bool once, int streams)
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target(Chunked, new TargetOptions { Streams = streams }));
        var file = Write("orders");
        var request = await new SequentialParts(file, Columns, once).RequestAsync(loader, Token);
        using var stop = new CancellationTokenSource();
        var breaking = request with { Reader = new Breaking(request.Reader, after: 7, stop) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loader.Target.StageAsync(breaking, new NoStageProgress(), stop.Token));
        var left = long.Parse((await database.QueryAsync($"SELECT count(*) FROM {Staging(request)}"))[0][0]!, CultureInfo.InvariantCulture);
        Assert.InRange(left, 1, Rows - 1);

        var again = request with { Reader = new SequentialParts(file, Columns, once).Reader(request) };
        await using var staged = await loader.StageAsync(again);
        Assert.Equal(Rows, staged.RowsLoaded);
        Assert.NotNull((await loader.PublishAsync(again, staged)).Receipt);
        Assert.Equal(
            [["20000", "20000", "200010000"]], await database.QueryAsync("SELECT count(*), count(DISTINCT id), sum(id) FROM public.orders"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Parquet_broken_off_continues_with_the_row_groups_that_are_missing(int streams)
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target(Chunked, new TargetOptions { Streams = streams }));
        var orders = new ParquetDataset(_directory);
        orders.Write("order");
        var request = await orders.RequestAsync(loader, Token);
        using var stop = new CancellationTokenSource();
        var breaking = request with { Reader = new Breaking(request.Reader, after: 7, stop) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loader.Target.StageAsync(breaking, new NoStageProgress(), stop.Token));
        var left = long.Parse((await database.QueryAsync($"SELECT count(*) FROM {Staging(request)}"))[0][0]!, CultureInfo.InvariantCulture);
        Assert.InRange(left, 1, ParquetDataset.Rows - 1);

        await using var staged = await loader.StageAsync(request);
        Assert.Equal(ParquetDataset.Rows, staged.RowsLoaded);
        Assert.NotNull((await loader.PublishAsync(request, staged)).Receipt);
        Assert.Equal(
            [["20000", "20000", "200010000"]], await database.QueryAsync("SELECT count(*), count(DISTINCT name), sum(id) FROM public.orders"));
    }

    [Fact]
    public async Task What_counts_for_checkpoints_is_the_text_that_would_have_to_be_read_again()
    {
        var file = Write("orders");
        var tuning = Chunked with { ChunkedFrom = new FileInfo(file.Path).Length + 1, ParallelFrom = long.MaxValue };
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target(tuning, new TargetOptions { Streams = 1 }));
        var request = await new SequentialParts(file, Columns, once: false).RequestAsync(loader, Token);
        await using var staged = await loader.StageAsync(request);
        Assert.Equal([["t"]], await database.QueryAsync($"SELECT count(*) > 1 FROM etl_loader.checkpoints WHERE load_id = '{request.Load}'"));
    }

    [Fact]
    public async Task Checkpoints_of_another_content_are_not_gone_on_from()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target(Chunked, new TargetOptions { Streams = 2 }));
        var request = await new SequentialParts(Write("orders"), Columns, once: true).RequestAsync(loader, Token);
        using var stop = new CancellationTokenSource();
        var breaking = request with { Reader = new Breaking(request.Reader, after: 5, stop) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loader.Target.StageAsync(breaking, new NoStageProgress(), stop.Token));

        var changed = await new SequentialParts(Write("others"), Columns, once: true).RequestAsync(loader, Token);
        await using var staged = await loader.StageAsync(request with { Reader = changed.Reader, Survey = changed.Survey });
        Assert.Equal(Rows, staged.RowsLoaded);
        Assert.Equal([["0"]], await database.QueryAsync($"SELECT count(*) FROM {Staging(request)} WHERE name LIKE 'orders%'"));
        Assert.Equal([["20000"]], await database.QueryAsync($"SELECT count(DISTINCT id) FROM {Staging(request)}"));
    }

    [Fact]
    public async Task Many_rejects_are_written_with_the_rows_around_them_and_not_kept_to_the_end()
    {
        await using var database = await PostgreSqlDatabase.CreateAsync(server);
        await using var loader = new TargetDriver(database.Target(new() { RejectsAtOnce = 50 }, new TargetOptions { Streams = 1 }));
        var request = await new SequentialParts(Write("orders", damagedEach: 10), Columns, once: true).RequestAsync(loader, Token, rejectsMax: Rows);
        await using var staged = await loader.StageAsync(request);
        Assert.Equal((Rows - (Rows / 10), Rows / 10), (staged.RowsLoaded, staged.RowsRejected));
        Assert.Equal([["2000", "2000"]], await database.QueryAsync("SELECT count(*), count(DISTINCT line) FROM etl_loader.rejects"));
        var transactions = await database.QueryAsync($"SELECT count(DISTINCT xmin::text) > 5 FROM {Staging(request)}");
        Assert.Equal([["t"]], transactions);
        Assert.NotNull((await loader.PublishAsync(request, staged)).Receipt);
    }

    private SourceFile Write(string word, int damagedEach = int.MaxValue)
    {
        var path = Path.Combine(_directory, "orders.csv.gz");
        using (var file = File.Create(path))
        using (var gzip = new GZipStream(file, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes("id,name\n" + string.Concat(Enumerable.Range(1, Rows).Select(i => $"{i},{word} {i}{(i % damagedEach == 0 ? ",x" : "")}\n"))));
        }

        return new("orders.csv.gz", path);
    }

    private sealed class NoStageProgress : IProgress<StageProgress>
    {
        public void Report(StageProgress value)
        {
        }
    }

    /// <summary>Stops the load when so many parts have been handed out.</summary>
    private sealed class Breaking(DatasetReader inner, int after, CancellationTokenSource stop) : DatasetReader
    {
        public override IReadOnlyList<SourceFile> Files => inner.Files;

        public override IRecordReader Open(int file, Chunk? chunk = null) => inner.Open(file, chunk);

        public override bool HasParts(DatasetSurvey survey) => inner.HasParts(survey);

        public override IDatasetParts OpenParts(DatasetSurvey survey, int ahead, IReadOnlyCollection<LoadedPart> loaded) =>
            new Parts(inner.OpenParts(survey, ahead, loaded), after, stop);

        private sealed class Parts(IDatasetParts inner, int after, CancellationTokenSource stop) : IDatasetParts
        {
            private int _taken;

            public async ValueTask<DatasetPart?> TakeAsync(CancellationToken token)
            {
                if (Interlocked.Increment(ref _taken) > after)
                {
                    await stop.CancelAsync();
                }

                token.ThrowIfCancellationRequested();
                return await inner.TakeAsync(token);
            }

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}

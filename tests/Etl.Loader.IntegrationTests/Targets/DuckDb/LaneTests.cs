using Etl.Loader.Faults;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Targets.DuckDb;

public class LaneTests
{
    private static readonly (string, ColumnType)[] Columns = [("id", new(TypeKind.BigInt))];

    [Fact]
    public async Task A_file_that_another_process_reads_is_an_outage_that_names_it()
    {
        await using var lake = await Lake.CreateAsync();
        await lake.LoadAsync(lake.Csv(Columns, [["1"]]));
        await using (var reader = await OtherProcess.ReadAsync(lake.File, Lake.Token))
        {
            var error = await Assert.ThrowsAnyAsync<LoaderException>(() => lake.LoadAsync(lake.Csv(Columns, [["2"]])));
            var fault = lake.Target.Classify(error);
            Assert.Equal(FaultKind.Outage, fault.Kind);
            Assert.Contains($"process {reader.Id} ", fault.Reason, StringComparison.Ordinal);
        }

        await lake.Target.ProbeAsync(Lake.Token);
        await lake.LoadAsync(lake.Csv(Columns, [["2"]]));
        Assert.Equal([["2"]], lake.Query("SELECT * FROM orders"));
    }

    [Fact]
    public async Task Between_loads_the_file_is_closed()
    {
        await using var lake = await Lake.CreateAsync();
        await lake.LoadAsync(lake.Csv(Columns, [["1"]]));
        Assert.False(File.Exists(lake.File + ".wal"));
        await using var reader = await OtherProcess.ReadAsync(lake.File, Lake.Token);
        Assert.NotEqual(0, reader.Id);
    }

    [Fact]
    public async Task The_lane_has_one_server_and_the_next_one_learns_who()
    {
        await using var lake = await Lake.CreateAsync();
        await using (var other = lake.Another())
        {
            var error = await Assert.ThrowsAsync<Etl.Loader.Targets.DuckDb.DuckDbUnavailableException>(
                () => other.Target.TakeLaneAsync(new LaneClaim(lake.Installation, "there:2"), Lake.Token));
            Assert.Contains("here:1", error.Message, StringComparison.Ordinal);
            Assert.Equal(FaultKind.Outage, other.Target.Classify(error).Kind);
        }

        await lake.Target.DisposeAsync();
        await using var next = lake.Another();
        Assert.Equal(lake.Epoch + 1, await next.Target.TakeLaneAsync(new LaneClaim(lake.Installation, "there:2"), Lake.Token));
    }

    [Fact]
    public async Task A_lane_that_was_given_up_goes_to_the_next_process_and_may_come_back()
    {
        await using var lake = await Lake.CreateAsync();
        await lake.Target.ReleaseLaneAsync();
        await lake.Target.ReleaseLaneAsync();
        await using var next = lake.Another();
        Assert.Equal(lake.Epoch + 1, await next.Target.TakeLaneAsync(new LaneClaim(lake.Installation, "there:2"), Lake.Token));

        await Assert.ThrowsAsync<FencedException>(() => lake.LoadAsync(lake.Csv(Columns, [["1"]])));
        await next.Target.ReleaseLaneAsync();
        Assert.Equal(lake.Epoch + 2, await lake.Target.TakeLaneAsync(new LaneClaim(lake.Installation, "here:1"), Lake.Token));
    }

    [Fact]
    public async Task A_stale_holder_changes_nothing()
    {
        await using var lake = await Lake.CreateAsync();
        await lake.LoadAsync(lake.Csv(Columns, [["1"]]));
        var request = lake.Csv(Columns, [["2"]]).Request(lake.Epoch);
        await using var staged = await lake.Target.StageAsync(request, new Progress<StageProgress>(), Lake.Token);
        Assert.Equal(lake.Epoch + 1, await lake.Target.TakeLaneAsync(new LaneClaim(lake.Installation, "here:1"), Lake.Token));

        await Assert.ThrowsAsync<FencedException>(() => staged.PublishAsync(lake.Publish(request, staged), Lake.Token));
        await Assert.ThrowsAsync<FencedException>(() => lake.LoadAsync(lake.Csv(Columns, [["3"]])));
        var fenced = await Assert.ThrowsAsync<FencedException>(() => lake.Target.DropStagingAsync(request.Load, lake.Epoch, Lake.Token));
        Assert.Equal(FaultKind.Fenced, lake.Target.Classify(fenced).Kind);
        Assert.Equal([["1"]], lake.Query("SELECT * FROM orders"));
    }

    [Theory]
    [InlineData("lake", true)]
    [InlineData("pond", false)]
    public async Task A_file_of_another_installation_or_target_is_refused(string name, bool otherInstallation)
    {
        await using var lake = await Lake.CreateAsync();
        await lake.Target.DisposeAsync();
        await using var stranger = lake.Another(name, otherInstallation ? Guid.CreateVersion7() : lake.Installation);
        var error = await Assert.ThrowsAsync<LoaderException>(
            () => stranger.Target.TakeLaneAsync(new LaneClaim(stranger.Installation, "there:2"), Lake.Token));
        Assert.Contains(lake.Installation.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Equal([["1"]], lake.Query("SELECT epoch FROM etl_loader.lane"));
    }

    [Fact]
    public async Task A_file_that_is_not_there_has_no_receipts_and_no_tables()
    {
        await using var lake = await Lake.CreateAsync();
        await lake.Target.DisposeAsync();
        File.Delete(lake.File);
        await using var next = lake.Another();
        Assert.Null(await next.Target.FindReceiptAsync(LoadId.New(TimeProvider.System), Lake.Token));
        Assert.Null(await next.Target.FindTableAsync(new TableName("main", "orders"), Lake.Token));
    }

    [Fact]
    public async Task A_file_that_is_missing_is_away_where_there_are_loads_in_it_until_a_person_begins_a_new_one()
    {
        await using var lake = Lake.Create();
        var claim = new LaneClaim(lake.Installation, "here:1", Published: true);
        await lake.Target.ProbeAsync(Lake.Token);
        var error = await Assert.ThrowsAsync<Etl.Loader.Targets.DuckDb.DuckDbUnavailableException>(() => lake.Target.TakeLaneAsync(claim, Lake.Token));
        Assert.Equal(FaultKind.Outage, lake.Target.Classify(error).Kind);
        Assert.Contains("--new-file", error.Hint, StringComparison.Ordinal);
        Assert.False(File.Exists(lake.File));

        await lake.Target.File.BeginAsync(Lake.Token);
        Assert.Equal(1, await lake.Target.TakeLaneAsync(claim, Lake.Token));
        await Assert.ThrowsAsync<LoaderException>(() => lake.Target.File.BeginAsync(Lake.Token));

        // Gone while it is served: nothing makes it again by looking for it.
        File.Delete(lake.File);
        await Assert.ThrowsAsync<Etl.Loader.Targets.DuckDb.DuckDbUnavailableException>(() => lake.Target.ProbeAsync(Lake.Token));
        await Assert.ThrowsAsync<Etl.Loader.Targets.DuckDb.DuckDbUnavailableException>(() => lake.Target.FindReceiptAsync(LoadId.New(TimeProvider.System), Lake.Token));
        Assert.False(File.Exists(lake.File));
    }

    [Fact]
    public async Task Who_does_not_hold_the_lane_looks_beside_other_readers_and_makes_nothing()
    {
        await using var lake = await Lake.CreateAsync();
        var load = (await lake.LoadAsync(lake.Csv(Columns, [["1"]]))).Receipt!.LoadId;
        await using var reader = await OtherProcess.ReadAsync(lake.File, Lake.Token);
        await using var other = lake.Another();
        Assert.NotNull(await other.Target.FindReceiptAsync(load, Lake.Token));
        Assert.NotNull(await other.Target.FindTableAsync(new TableName("main", "orders"), Lake.Token));

        await using var none = Lake.Create();
        Assert.Null(await none.Target.FindTableAsync(new TableName("main", "orders"), Lake.Token));
        Assert.Empty(Directory.EnumerateFileSystemEntries(none.Directory));
    }

    [Fact]
    public async Task What_a_dead_attempt_left_is_dropped()
    {
        await using var lake = await Lake.CreateAsync();
        var request = lake.Csv(Columns, [["1"], ["2"]]).Request(lake.Epoch);
        await using (await lake.Target.StageAsync(request, new Progress<StageProgress>(), Lake.Token))
        {
        }

        Assert.Single(lake.Query("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'"));
        await using (var staged = await lake.Target.StageAsync(request, new Progress<StageProgress>(), Lake.Token))
        {
            Assert.Equal(2, staged.RowsLoaded);
        }

        await lake.Target.DropStagingAsync(request.Load, lake.Epoch, Lake.Token);
        await lake.Target.DropStagingAsync(request.Load, lake.Epoch, Lake.Token);
        Assert.Empty(lake.Query("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'"));
    }

    [Fact]
    public async Task A_cancelled_load_leaves_the_table_and_no_staging()
    {
        await using var lake = await Lake.CreateAsync();
        await lake.LoadAsync(lake.Csv(Columns, [["1"]]));
        using var cancel = new CancellationTokenSource();
        var dataset = lake.Csv(Columns, [.. Enumerable.Range(0, 100).Select(i => new[] { $"{i}" })]);
        var onFirst = new OnReport(cancel.Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lake.Target.StageAsync(dataset.Request(lake.Epoch), onFirst, cancel.Token));
        Assert.Equal([["1"]], lake.Query("SELECT * FROM orders"));
        Assert.Equal([["1"]], lake.Query("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'main'"));
    }

    private sealed class OnReport(Action act) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => act();
    }
}

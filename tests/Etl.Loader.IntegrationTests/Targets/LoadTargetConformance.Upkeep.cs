using Etl.Loader.Ledger;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Targets;

/// <summary>What a target shows and does for its lane's holder between loads.</summary>
public abstract partial class LoadTargetConformance
{
    [Fact]
    public async Task An_append_accepted_before_a_newer_replace_is_superseded()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        var newest = await LoadAsync(target, epoch, "log", Numbers(2), sequence: 20);
        var late = await LoadAsync(target, epoch, "log", Numbers(1), LoadMode.Append, sequence: 10);
        Assert.Null(late.Receipt);
        Assert.Equal(newest.Receipt!.LoadId, late.SupersededBy);
        Assert.NotNull((await LoadAsync(target, epoch, "log", Numbers(3), LoadMode.Append, sequence: 30)).Receipt);
        Assert.NotNull((await LoadAsync(target, epoch, "log", Numbers(4), LoadMode.Append, sequence: 25)).Receipt);
        Assert.Equal([["2"], ["3"], ["4"]], await QueryAsync($"SELECT id FROM {Table(target, "log")} ORDER BY id"));
    }

    [Fact]
    public async Task The_epoch_rises_above_what_the_ledger_knows()
    {
        await using var target = await CreateTargetAsync();
        Assert.Equal(8, await target.TakeLaneAsync(new LaneClaim(Installation, "test:1", Above: 7), Token));
        Assert.Equal(21, await target.TakeLaneAsync(new LaneClaim(Installation, "test:1", Above: 20), Token));
        Assert.Equal(22, await target.TakeLaneAsync(new LaneClaim(Installation, "test:1", Above: 5), Token));
    }

    [Fact]
    public async Task A_target_that_no_one_has_taken_yet_holds_nothing()
    {
        await using var target = await CreateTargetAsync();
        Assert.Empty(await target.Upkeep.NewestReceiptsAsync(long.MaxValue, 10, Token));
        Assert.Empty(await target.Upkeep.MissingTablesAsync(Token));
        Assert.Empty(await target.Upkeep.StagedLoadsAsync(Token));
    }

    [Fact]
    public async Task Receipts_are_listed_from_the_newest_on_and_loads_without_one_are_found()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        var receipts = new List<LoadReceipt>();
        foreach (var sequence in new[] { 5, 6, 9 })
        {
            receipts.Add((await LoadAsync(target, epoch, $"t{sequence}", Numbers(1), sequence: sequence)).Receipt!);
        }

        Assert.Equal([new ReceiptKey(receipts[2].LoadId, 9), new ReceiptKey(receipts[1].LoadId, 6)], await target.Upkeep.NewestReceiptsAsync(long.MaxValue, 2, Token));
        Assert.Equal([new ReceiptKey(receipts[0].LoadId, 5)], await target.Upkeep.NewestReceiptsAsync(6, 2, Token));
        var unknown = LoadId.New(TimeProvider.System);
        Assert.Equal([unknown], await target.Upkeep.WithoutReceiptAsync([receipts[0].LoadId, unknown, receipts[2].LoadId], Token));
    }

    [Fact]
    public async Task A_table_that_someone_dropped_is_missing_and_named_with_its_newest_load()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        await LoadAsync(target, epoch, "kept", Numbers(1));
        await LoadAsync(target, epoch, "gone", Numbers(1));
        var newest = await LoadAsync(target, epoch, "gone", Numbers(2));
        Assert.Empty(await target.Upkeep.MissingTablesAsync(Token));
        await ChangeAsync($"DROP TABLE {Table(target, "gone")}");
        Assert.Equal([new MissingTable($"{target.DefaultSchema}.gone", newest.Receipt!.LoadId)], await target.Upkeep.MissingTablesAsync(Token));
    }

    [Fact]
    public async Task Rejects_go_once_their_load_is_old_enough()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        var bad = MemoryDataset.Of([("id", TypeKind.BigInt), ("day", TypeKind.Date)], ["1", "2026-01-01"], ["2", "soon"]);
        var load = await LoadAsync(target, epoch, "orders", bad, rejectsMax: 1);
        var now = TimeProvider.System.GetUtcNow();
        Assert.Equal(0, await target.Upkeep.ForgetRejectsAsync(now.AddHours(-1), epoch, Token));
        Assert.Equal(1, await target.Upkeep.ForgetRejectsAsync(now.AddHours(1), epoch, Token));
        Assert.Empty(await target.ReadRejectsAsync(load.Receipt!.LoadId, Token).ToListAsync(Token));
        Assert.NotNull(await target.FindReceiptAsync(load.Receipt.LoadId, Token));
        await Assert.ThrowsAsync<FencedException>(() => target.Upkeep.ForgetRejectsAsync(now, epoch - 1, Token));
    }

    [Fact]
    public async Task The_free_space_of_a_target_on_this_machine_is_known()
    {
        await using var target = await CreateTargetAsync();
        Assert.InRange((await target.Upkeep.FreeBytesAsync(Token))!.Value, 1, long.MaxValue);
    }

    /// <summary>Changes the database behind the loader's back.</summary>
    internal abstract Task ChangeAsync(string sql);
}

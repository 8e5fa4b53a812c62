using Etl.Loader.Ledger;
using Etl.Loader.Queue.Actions;
using FakeLoads = Etl.Loader.Tests.App.FakeLoads;

namespace Etl.Loader.Tests.Queue;

public class BulkActionsTests
{
    private static readonly Actor Anna = new("anna", "mended");
    private readonly FakeLoads _ledger = new();
    private readonly BulkActions _bulk;

    public BulkActionsTests() => _bulk = new BulkActions(_ledger, _ledger, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_that_match_are_done_part_by_part_each_once()
    {
        var loads = Enumerable.Range(0, 250).Select(i => _ledger.Add($"{i}.csv", LoadStatus.Failed)).ToList();
        var parts = new List<int>();
        for (long? after = 0; after is { } from;)
        {
            var part = await _bulk.RunMatchingAsync(BulkKind.Requeue, new LoadFilter(), from, loads.Count, Anna, Token);
            parts.Add(part.Done.Count);
            after = part.Next;
        }

        Assert.Equal(250, parts.Sum());
        Assert.All(parts, part => Assert.InRange(part, 0, 100));
        Assert.Equal(loads.Select(load => $"requeue {load} anna mended"), _ledger.Actions);
    }

    [Fact]
    public async Task What_came_after_the_preview_is_left_alone()
    {
        _ledger.Add("old.csv", LoadStatus.Failed);
        _ledger.Add("new.csv", LoadStatus.Failed);
        await _bulk.RunMatchingAsync(BulkKind.Requeue, new LoadFilter(), 0, upTo: 1, Anna, Token);
        Assert.Single(_ledger.Actions);
    }

    [Fact]
    public async Task What_one_load_refuses_does_not_keep_the_others_from_it()
    {
        var loaded = _ledger.Add("loaded.csv", LoadStatus.Loaded);
        var failed = _ledger.Add("failed.csv", LoadStatus.Failed);
        var part = await _bulk.RunChosenAsync(BulkKind.Requeue, [loaded, failed], Anna, Token);
        Assert.Equal([failed], part.Done);
        Assert.Equal(new BulkRefusal(loaded, $"Load {loaded} is loaded. Run: etl-loader reload {loaded}"), Assert.Single(part.Refused));
        Assert.Null(part.Next);
    }

    [Theory]
    [InlineData(nameof(BulkKind.Requeue), "", "status:failed,cancelled")]
    [InlineData(nameof(BulkKind.Requeue), "status:failed,loaded target:w", "status:failed target:w")]
    [InlineData(nameof(BulkKind.Requeue), "cause:0123456789ab", "status:failed cause:0123456789ab")]
    [InlineData(nameof(BulkKind.Requeue), "status:loaded", null)]
    [InlineData(nameof(BulkKind.Cancel), "", "status:queued,loading,retrying")]
    [InlineData(nameof(BulkKind.Cancel), "cause:0123456789ab", null)]
    public void A_filter_is_narrowed_to_what_the_action_can_be_done_to(string kind, string filter, string? narrowed) =>
        Assert.Equal(narrowed, BulkActions.Narrow(Enum.Parse<BulkKind>(kind), LoadFilter.Parse(filter))?.Format());
}

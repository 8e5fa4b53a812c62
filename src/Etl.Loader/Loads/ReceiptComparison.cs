using Etl.Loader.Ledger;
using Etl.Loader.Targets;

namespace Etl.Loader.Loads;

/// <summary>What came of holding ledger and receipts of a target against each other.</summary>
/// <param name="Restored">Receipts whose load the ledger had forgotten and has again.</param>
/// <param name="Believed">Loads that were cancelled or failed in the ledger and are loaded, as their receipt says.</param>
/// <param name="Unproven">Loads that the ledger calls loaded and the target has no receipt of: it was restored from a backup, or replaced.</param>
internal sealed record ReceiptFindings(int Restored, int Believed, IReadOnlyList<LoadId> Unproven);

/// <summary>
/// Holds ledger and receipts against each other, since either database may have been restored from an older backup. What a backup does not have is the
/// newest: page by page, newest first, until a page is whole on both sides.
/// </summary>
internal sealed class ReceiptComparison(ReceiptLedger ledger)
{
    private const int Page = 1000;

    /// <summary>Longer than people take to cancel a load whose lane no one serves.</summary>
    private static readonly TimeSpan Doubt = TimeSpan.FromDays(7);

    /// <summary>For the holder of the lane, before it runs anything.</summary>
    public async Task<ReceiptFindings> RunAsync(ILoadTarget target, CancellationToken token) => new(
        await RestoreAsync(target, token),
        await BelieveAsync(target, Doubt, token),
        await UnprovenAsync(target, all: false, token));

    /// <summary>Loads that ended within the time given without a look at the target, and that it has: a receipt beats a cancel.</summary>
    public async Task<int> BelieveAsync(ILoadTarget target, TimeSpan since, CancellationToken token)
    {
        var doubtful = await ledger.DoubtfulAsync(target.Name, since, token);
        if (doubtful.Count == 0)
        {
            return 0;
        }

        var believed = 0;
        foreach (var load in doubtful.Except(await target.Upkeep.WithoutReceiptAsync(doubtful, token)))
        {
            if (await target.FindReceiptAsync(load, token) is { } receipt && await ledger.BelieveAsync(ReceiptDetails.Published(receipt, target), token))
            {
                believed++;
            }
        }

        return believed;
    }

    /// <param name="all">Looks at every load, not only as far back as the newest page that is whole.</param>
    public async Task<IReadOnlyList<LoadId>> UnprovenAsync(ILoadTarget target, bool all, CancellationToken token)
    {
        var unproven = new List<LoadId>();
        var below = long.MaxValue;
        while (true)
        {
            var page = await ledger.NewestLoadedAsync(target.Name, below, Page, token);
            if (page.Count == 0)
            {
                return unproven;
            }

            var missing = await target.Upkeep.WithoutReceiptAsync([.. page.Select(l => l.Load)], token);
            unproven.AddRange(missing);
            if (missing.Count == 0 && !all)
            {
                return unproven;
            }

            below = page[^1].Sequence;
        }
    }

    private async Task<int> RestoreAsync(ILoadTarget target, CancellationToken token)
    {
        var restored = 0;
        var below = long.MaxValue;
        while (true)
        {
            var page = await target.Upkeep.NewestReceiptsAsync(below, Page, token);
            if (page.Count == 0)
            {
                return restored;
            }

            if (below == long.MaxValue)
            {
                await ledger.RaiseSequenceAsync(page[0].Sequence, token);
            }

            var unknown = await ledger.UnknownAsync(page.Select(r => r.Load), token);
            if (unknown.Count == 0)
            {
                return restored;
            }

            var loads = new List<PublishedLoad>();
            foreach (var load in unknown)
            {
                if (await target.FindReceiptAsync(load, token) is { } receipt)
                {
                    loads.Add(ReceiptDetails.Published(receipt, target));
                }
            }

            await ledger.RestoreAsync(target.Name, loads, token);
            restored += loads.Count;
            below = page[^1].Sequence;
        }
    }
}

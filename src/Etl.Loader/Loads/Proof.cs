using Etl.Loader.Ledger;
using Etl.Loader.Targets;

namespace Etl.Loader.Loads;

/// <summary>The receipt that proves a load done.</summary>
internal static class Proof
{
    /// <summary>Null where the load was not published; a receipt of another dataset or table proves nothing.</summary>
    public static async Task<LoadReceipt?> FindAsync(LoadRecord load, LaneHold lane, CancellationToken token) =>
        await lane.Target.FindReceiptAsync(load.Id, token) is { } receipt
        && receipt.Dataset == load.Spec.Dataset
        && receipt.TableName == lane.TableOf(load.Spec).ToString()
            ? receipt
            : null;
}

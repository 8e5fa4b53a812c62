using System.Globalization;
using Etl.Loader.Ledger;
using Etl.Loader.Targets;

namespace Etl.Loader.Loads;

/// <summary>Holds a replace against the rows that the table has now: a delivery that lost most of them is not published.</summary>
internal static class ShrinkCheck
{
    private const string Limit = "; it may shrink by ";

    /// <summary>Whether a load failed because of this check.</summary>
    public static bool IsRefusal(string? error) => error?.Contains(Limit, StringComparison.Ordinal) == true;

    /// <summary>Throws <see cref="DatasetException"/> where the table would lose more than the rule allows.</summary>
    /// <param name="rows">Rows that the table will have, or more than that as long as they are not all known.</param>
    public static void Verify(LoadId load, LoadSpec spec, ExistingTable? existing, long rows)
    {
        if (spec is not { Shrink: { } shrink, Mode: LoadMode.Replace } || existing?.LastReceipt is not { } last)
        {
            return;
        }

        var before = ReceiptDetails.TableRows(last);
        if (rows >= before * (1 - shrink))
        {
            return;
        }

        throw new DatasetException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{spec.Dataset}: the dataset has {Amounts.Counted(rows, "row")}, {existing.Table} has {Amounts.Count(before)} since load {last.LoadId}{Limit}{shrink * 100:0.##}% at most. Nothing was changed."),
            $"Deliver the dataset again, complete. If so few are correct, raise \"shrink\" of its rule in Loader:Inboxes:{spec.Inbox}:Datasets, then: etl-loader requeue {load.Short}");
    }
}

namespace Etl.Loader.Targets.DuckDb.Publishing;

/// <summary>Whether a load may write to a table that exists, by the table's receipts.</summary>
internal static class Ownership
{
    /// <param name="ours">The table is the one that loads made or adopted.</param>
    /// <param name="receipts">All receipts of the table's name, oldest first.</param>
    public static void Check(PublishRequest request, bool ours, IReadOnlyList<LoadReceipt> receipts)
    {
        var mine = request.Receipt;
        if (!ours || receipts.Count == 0)
        {
            if (!request.Adopt)
            {
                throw new DatasetException(
                    receipts.Count == 0
                        ? $"{mine.Dataset}: the table {mine.TableName} exists and was not made by this loader, so it is not touched."
                        : $"{mine.Dataset}: the table {mine.TableName} is not the one that load {receipts[^1].LoadId} of {receipts[^1].Dataset} filled: that one was "
                            + "dropped or renamed, and another has its name, so it is not touched.",
                    "Put \"adopt\": true into the trigger to let this dataset take over the table, or name another table.");
            }

            return;
        }

        CheckName(request, receipts);
    }

    /// <summary>
    /// Throws where the table is another dataset's and the trigger does not name it: two names that normalise to one table are reported, not settled by which
    /// of the two came later.
    /// </summary>
    public static void CheckName(PublishRequest request, IReadOnlyList<LoadReceipt> receipts)
    {
        var mine = request.Receipt;
        if (receipts.Count > 0 && !request.TableNamed && !receipts.Any(r => r.Inbox == mine.Inbox && r.Dataset == mine.Dataset))
        {
            var first = receipts[0];
            throw new DatasetException(
                $"{mine.Dataset}: the table {mine.TableName} belongs to the dataset {first.Dataset} of inbox '{first.Inbox}' (load {first.LoadId}).",
                $"Name the table in the trigger: \"table\": \"{mine.TableName}\" to share it, or another name.");
        }
    }

    /// <summary>Content that the table still has: delivered since it was last replaced or began without rows, and no more rows than it has.</summary>
    public static void CheckContent(PublishRequest request, IReadOnlyList<LoadReceipt> receipts, DateTimeOffset rowsSince, long rows)
    {
        var same = receipts.FirstOrDefault(
            r => r.PublishedAt >= rowsSince && r.Sha256 == request.Receipt.Sha256 && r.RowsLoaded > 0 && r.RowsLoaded <= rows);
        if (same is not null && !request.Again)
        {
            throw new DatasetException(
                $"{request.Receipt.Dataset}: the table {request.Receipt.TableName} has this very content already, by {same.Dataset} (load {same.LoadId}).",
                "Nothing to do if it came twice; put \"again\": true into the trigger to append it again, even if its rows were deleted since.");
        }
    }
}

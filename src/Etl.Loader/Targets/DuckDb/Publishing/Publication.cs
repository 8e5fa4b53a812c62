using DuckDB.NET.Data;
using Etl.Loader.Survey;
using Etl.Loader.Targets.DuckDb.Files;
using Etl.Loader.Targets.DuckDb.Staging;

namespace Etl.Loader.Targets.DuckDb.Publishing;

/// <summary>The one transaction that makes the staging table the table and leaves the proof of it.</summary>
internal sealed class Publication(string target, StageRequest staged, StagedRows rows, TimeProvider time)
{
    public PublishOutcome Run(DuckDbSession session, PublishRequest request)
    {
        var views = new DependentViews(session);
        return session.InTransaction(() =>
        {
            Fence.Check(session, target, staged.Epoch);
            if (Receipts.Find(session, staged.Load) is { } done)
            {
                StagingTable.Drop(session, staged.Load);
                return new PublishOutcome(Same(done, request.Receipt), null);
            }

            var receipts = Receipts.AllOf(session, staged.Table);
            // Rows that came before a replace are not in the table, in whatever order the two are published.
            var replace = request.Receipt.Mode == "replace";
            if (receipts.LastOrDefault(r => replace || r.Mode == "replace") is { } newest && newest.Sequence > request.Receipt.Sequence)
            {
                StagingTable.Drop(session, staged.Load);
                return new PublishOutcome(null, newest.LoadId);
            }

            Swap(session, request, receipts, views);
            var receipt = request.Receipt with { PublishedAt = Now() };
            Receipts.Write(session, receipt);
            Rejects.Write(session, staged.Load, rows.Rejects);
            return new PublishOutcome(receipt, null);
        });
    }

    private void Swap(DuckDbSession session, PublishRequest request, IReadOnlyList<LoadReceipt> receipts, DependentViews views)
    {
        CheckRows(session, request.Receipt);
        var dataset = request.Receipt.Dataset;
        switch (Catalogue.KindOf(session, staged.Table))
        {
            case "view":
                throw new DatasetException($"{dataset}: {staged.Table} is a view; a load makes a table.", "Name another table in the trigger.");
            case null:
                session.Execute($"ALTER TABLE {DuckDbNames.Quote(rows.Staging)} RENAME TO {DuckDbNames.Quote(staged.Table.Name)}");
                return;
        }

        Ownership.Check(request, receipts);
        if (request.Receipt.Mode == "append")
        {
            Ownership.CheckContent(request, receipts);
            Appending.Run(session, staged.Table, rows.Staging, dataset);
            return;
        }

        var before = Catalogue.ColumnsOf(session, staged.Table);
        new Replacement(session, staged.Table, rows.Staging, dataset).Run();
        views.Check(staged.Table, dataset, before, Catalogue.ColumnsOf(session, staged.Table), request.Changes);
    }

    private void CheckRows(DuckDbSession session, LoadReceipt receipt)
    {
        var found = StagingTable.Count(session, rows.Staging);
        if (found != rows.Rows || receipt.RowsLoaded != rows.Rows || receipt.RowsRejected != rows.Rejects.Count)
        {
            throw new InvalidOperationException(
                $"Load {staged.Load}: {rows.Staging} has {found} rows, {rows.Rows} were staged and {rows.Rejects.Count} rejected, "
                + $"the receipt says {receipt.RowsLoaded} and {receipt.RowsRejected}.");
        }
    }

    private static LoadReceipt Same(LoadReceipt found, LoadReceipt mine) => found.Dataset == mine.Dataset && found.TableName == mine.TableName
        ? found
        : throw new DatasetException(
            $"Load {found.LoadId} has a receipt already, for the dataset {found.Dataset} as {found.TableName}, not for {mine.Dataset} as {mine.TableName}.",
            "Deliver the dataset with a new trigger: a load's id stands for one dataset and one table.");

    /// <summary>Databases keep microseconds; the receipt returned is the receipt that will be read.</summary>
    private DateTimeOffset Now()
    {
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}

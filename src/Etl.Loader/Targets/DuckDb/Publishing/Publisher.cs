using DuckDB.NET.Data;
using Etl.Loader.Survey;
using Etl.Loader.Targets.DuckDb.Staging;

namespace Etl.Loader.Targets.DuckDb.Publishing;

/// <summary>The one transaction that makes the staging table the table and leaves the proof of it.</summary>
internal sealed class Publisher(string target, StageRequest request, StagedTable staged, TimeProvider time)
{
    public PublishOutcome Run(Session session, PublishRequest publish)
    {
        var views = new Views(session);
        return session.InTransaction(() =>
        {
            Lane.Check(session, target, request.Epoch);
            if (Receipts.Find(session, request.Load) is { } done)
            {
                StagingTable.Forget(session, request.Load, rejects: false);
                // Staging again has forgotten those that were beside the receipt.
                Rejects.Write(session, request.Load, staged.Rows.Unwritten);
                return new PublishOutcome(Same(done, publish.Receipt), null);
            }

            var receipts = Receipts.AllOf(session, request.Table);
            // Rows that came before a replace are not in the table, in whatever order the two are published.
            var replace = publish.Receipt.Mode == "replace";
            if (receipts.LastOrDefault(r => replace || r.Mode == "replace") is { } newest && newest.Sequence > publish.Receipt.Sequence)
            {
                Ownership.CheckName(publish, receipts);
                StagingTable.Forget(session, request.Load, rejects: true);
                return new PublishOutcome(null, newest.LoadId);
            }

            var begins = Swap(session, publish, receipts, views);
            var receipt = publish.Receipt with { PublishedAt = Now() };
            OwnedTables.Own(session, request.Table, begins ? receipt.PublishedAt : null);
            Receipts.Write(session, receipt);
            Checkpoints.Forget(session, request.Load);
            Rejects.Write(session, request.Load, staged.Rows.Unwritten);
            return new PublishOutcome(receipt, null);
        });
    }

    /// <returns>Rows of earlier receipts are not in the table.</returns>
    private bool Swap(Session session, PublishRequest publish, IReadOnlyList<LoadReceipt> receipts, Views views)
    {
        CheckRows(session, publish.Receipt);
        var dataset = publish.Receipt.Dataset;
        switch (Catalog.KindOf(session, request.Table))
        {
            case "view":
                throw new DatasetException($"{dataset}: {request.Table} is a view; a load makes a table.", "Name another table in the trigger.");
            case null:
                session.Execute($"ALTER TABLE {Identifiers.Quote(staged.Name)} RENAME TO {Identifiers.Quote(request.Table.Name)}");
                return true;
        }

        var ours = OwnedTables.IsOurs(session, request.Table);
        Ownership.Check(publish, ours, receipts);
        if (publish.Receipt.Mode == "append")
        {
            var rows = StagingTable.Count(session, request.Table);
            if (ours)
            {
                Ownership.CheckContent(publish, receipts, OwnedTables.RowsSince(session, request.Table), rows);
            }

            Append.Run(session, request.Table, staged, dataset, rows);
            return !ours || rows == 0;
        }

        var before = Catalog.ColumnsOf(session, request.Table);
        new Replace(session, request.Table, staged.Name, dataset).Run();
        views.Check(request.Table, dataset, before, Catalog.ColumnsOf(session, request.Table), publish.Changes);
        return true;
    }

    private void CheckRows(Session session, LoadReceipt receipt)
    {
        var found = StagingTable.Count(session, staged.Name);
        if (found != staged.Rows.Loaded || receipt.RowsLoaded != staged.Rows.Loaded || receipt.RowsRejected != staged.Rows.Rejected)
        {
            throw new InvalidOperationException(
                $"Load {request.Load}: {staged.Name} has {Amounts.Counted(found, "row")}, {Amounts.Count(staged.Rows.Loaded)} were staged and {Amounts.Count(staged.Rows.Rejected)} rejected, "
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

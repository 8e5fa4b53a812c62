using Etl.Loader.Targets.PostgreSql.Staging;
using Etl.Loader.Targets.Staging;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Targets.PostgreSql.Publishing;

/// <summary>A load as it comes to its publish.</summary>
/// <param name="Epoch">Under which it was staged.</param>
internal sealed record StagedTable(LoadId Load, long Epoch, TableName Table, TableName Staging, StagedRows Rows)
{
    /// <inheritdoc cref="PublishRequest.Waits"/>
    public Action<string?> Waits { get; init; } = static _ => { };
}

/// <summary>
/// The one transaction that makes staged rows visible: fence (taken when the transaction began), repeat, newest delivery, ownership, swap or
/// append, rejects, receipt.
/// </summary>
internal sealed class Publisher(string target, Sessions sessions, TableLock tableLock, Replace swap, ILogger logger)
{
    /// <summary>Commits only with the outcome "published"; otherwise the caller's rollback leaves everything as it was.</summary>
    public async Task<PublishOutcome> PublishAsync(WriteTransaction session, StagedTable staged, PublishRequest request, CancellationToken token)
    {
        var receipt = request.Receipt;
        if (receipt.LoadId != staged.Load || receipt.TableName != staged.Table.ToString())
        {
            throw new ArgumentException(
                $"The receipt is of load {receipt.LoadId} into {receipt.TableName}, staged is {staged.Load} into {staged.Table}.", nameof(request));
        }

        // Readers are to find statistics with the rows.
        var analyze = ($"ANALYZE {Identifiers.Quote(staged.Staging)}", Array.Empty<object?>());
        var standing = await PublishStanding.AskAsync(session, analyze, staged.Table, receipt, token);
        if (standing.Published && await FindRepeatAsync(session, receipt, token) is { } earlier)
        {
            return new PublishOutcome(earlier, null);
        }

        var replace = receipt.Mode == "replace";
        if (standing.Newer is { } newer)
        {
            await Ownership.VerifyNameAsync(session, staged.Table, request, token);
            return new PublishOutcome(null, newer);
        }

        IEnumerable<(string Sql, object?[] Values)> creation = [];
        var begins = replace || !standing.IsOurs;
        if (Catalog.RequireTable(standing.Relation, staged.Table) is { } relation)
        {
            await Ownership.VerifyAsync(session, staged.Table, standing.IsOurs, request, token);
            if (replace)
            {
                await swap.ReplaceAsync(session, staged, relation.Oid, request.Changes, token);
            }
            else
            {
                await tableLock.TakeAsync(session, staged, "ROW EXCLUSIVE", before: null, token);
                if (!begins)
                {
                    await Ownership.VerifyContentAsync(session, staged.Table, request, token);
                    begins = await Ownership.IsEmptyAsync(session, staged.Table, token);
                }

                await Append.AppendAsync(session, staged, relation.Oid, token);
            }
        }
        else
        {
            creation = Replace.Create(staged, standing.Grants);
        }

        await Receipts.AddRejectsAsync(session, staged.Load, staged.Rows.Unwritten, token);
        var published = await Receipts.AddAsync(session, receipt, creation.Append(Ownership.Own(staged.Table, begins)), token);
        await session.CommitAsync(() => StandsAsync(staged, token), token);
        Log.Published(logger, staged.Load, receipt.TableName, target, receipt.RowsLoaded);
        return new PublishOutcome(published, null);
    }

    /// <summary>
    /// Whether the publish can be seen from another session. The server answers a commit only after it has deleted the files of the table that was replaced,
    /// half a second for each gigabyte in memory; the commit is on the disk, and seen by all, before that (CommitTransaction of PostgreSQL's xact.c).
    /// </summary>
    private async Task<bool> StandsAsync(StagedTable staged, CancellationToken token)
    {
        try
        {
            await using var looking = await sessions.OpenLookingAsync(staged.Epoch, token);
            return await Receipts.FindAsync(looking, staged.Load, token) is not null;
        }
        catch (Exception)
        {
            // Then the answer itself has to say it.
            return false;
        }
    }

    /// <summary>The receipt of an earlier attempt at the same load. One of another dataset or table is not proof of this load.</summary>
    private static async Task<LoadReceipt?> FindRepeatAsync(WriteTransaction session, LoadReceipt mine, CancellationToken token)
    {
        var found = await Receipts.FindAsync(session, mine.LoadId, token);
        if (found is not null && (found.TableName != mine.TableName || found.Dataset != mine.Dataset || found.Inbox != mine.Inbox))
        {
            throw new LoaderException(
                $"Load {mine.LoadId} of {mine.Inbox}/{mine.Dataset} into {mine.TableName} has a receipt for {found.Inbox}/{found.Dataset} into {found.TableName}.",
                "Deliver the dataset again, as a new load.");
        }

        return found;
    }
}

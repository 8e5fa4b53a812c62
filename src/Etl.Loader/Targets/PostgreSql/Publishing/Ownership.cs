using Npgsql;

namespace Etl.Loader.Targets.PostgreSql.Publishing;

/// <summary>
/// Whose table it is: what was not made by this product, or by another dataset, is not touched unless the trigger says so. A table is known by its
/// oid, not by its name: anyone who drops a table may give its name to one of their own.
/// </summary>
internal static class Ownership
{
    private static readonly SqlText Sql = SqlText.Load("Targets/PostgreSql/Sql/ownership.sql");

    /// <summary>Asks which table is ours under the name; for <see cref="ReadAsync"/>.</summary>
    public static (string Sql, object?[] Values) Ask(TableName table) => (Sql["owned"], [table.ToString()]);

    /// <summary>The answer of which the reader is at the beginning; null: none is ours.</summary>
    public static async Task<uint?> ReadAsync(NpgsqlDataReader reader, CancellationToken token) =>
        await reader.ReadAsync(token) ? reader.GetFieldValue<uint>(0) : null;

    /// <summary>True where the table is the one that loads made or adopted. Where a target is older than this version the name has to do.</summary>
    public static async Task<bool> IsOursAsync(Session session, TableName table, Relation relation, CancellationToken token)
    {
        try
        {
            return await session.RowsAsync(Sql["owned"], row => row.GetFieldValue<uint>(0), token, table.ToString()) is [var owned, ..] && owned == relation.Oid;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return true;
        }
    }

    /// <summary>The statement that makes what has the name now ours; to run before the receipt is added.</summary>
    /// <param name="begins">Rows of earlier receipts are not in it.</param>
    public static (string Sql, object?[] Values) Own(TableName table, bool begins) => (Sql["own"], [table.ToString(), table.Schema, table.Name, begins]);

    /// <summary>Where the database was restored from a dump, the tables that have the names now are ours.</summary>
    public static Task BindRestoredAsync(Session session, CancellationToken token) => session.ExecuteAsync(Sql["bind_restored"], token);

    /// <summary>
    /// Throws where the table is another dataset's and the trigger does not name it: two names that normalise to one table are reported, not settled by which
    /// of the two came later.
    /// </summary>
    public static async Task VerifyNameAsync(WriteTransaction session, TableName table, PublishRequest request, CancellationToken token)
    {
        var receipt = request.Receipt;
        if (!request.TableNamed && await Receipts.OtherDatasetAsync(session, table, receipt.Inbox, receipt.Dataset, token) is { } first)
        {
            throw new DatasetException(
                $"Table {table} was made by {first}; {receipt.Inbox}/{receipt.Dataset} gives the same table name.",
                "Rename the file, or name the table in the trigger (\"table\"): then datasets may share it.");
        }
    }

    /// <param name="ours">The table is the one that loads made or adopted.</param>
    public static async Task VerifyAsync(WriteTransaction session, TableName table, bool ours, PublishRequest request, CancellationToken token)
    {
        var newest = await Receipts.NewestAsync(session, table, token);
        if (!ours || newest is null)
        {
            if (!request.Adopt)
            {
                throw new DatasetException(
                    newest is null
                        ? $"Table {table} exists and was not made by this loader."
                        : $"Table {table} is not the one that load {newest.LoadId} of {newest.Inbox}/{newest.Dataset} filled: that one was dropped or renamed, and another has its name.",
                    "Name another table, or write \"adopt\": true in the trigger to let this dataset take it over.");
            }

            return;
        }

        await VerifyNameAsync(session, table, request, token);
    }

    /// <summary>Refuses to append what the table has already. Fewer rows than the content has cannot be it: they were deleted since.</summary>
    public static async Task VerifyContentAsync(WriteTransaction session, TableName table, PublishRequest request, CancellationToken token)
    {
        if (!request.Again
            && await Receipts.SameContentAsync(session, table, request.Receipt.Sha256, token) is var (earlier, rows)
            && (long)(await session.ScalarAsync($"SELECT count(*) FROM (SELECT FROM {Identifiers.Quote(table)} LIMIT $1) AS found", token, rows))! >= rows)
        {
            throw new DatasetException(
                $"Table {table} already has this content (sha256 {request.Receipt.Sha256}), appended by load {earlier}.",
                "Write \"again\": true in the trigger to append it again, even if its rows were deleted since.");
        }
    }

    /// <summary>True where the table has no row, so that whatever was loaded before is gone.</summary>
    public static async Task<bool> IsEmptyAsync(WriteTransaction session, TableName table, CancellationToken token) =>
        await session.ScalarAsync($"SELECT EXISTS (SELECT FROM {Identifiers.Quote(table)})", token) is false;
}

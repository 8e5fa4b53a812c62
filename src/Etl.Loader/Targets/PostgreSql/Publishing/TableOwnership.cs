namespace Etl.Loader.Targets.PostgreSql.Publishing;

/// <summary>Whose table it is: what was not made by this product, or by another dataset, is not touched unless the trigger says so.</summary>
internal static class TableOwnership
{
    /// <summary>
    /// Throws where the table is another dataset's and the trigger does not name it: two names that normalise to one table are told, not settled by which
    /// of the two came later.
    /// </summary>
    public static async Task VerifyNameAsync(WriteTransaction session, TableName table, PublishRequest request, CancellationToken token)
    {
        var receipt = request.Receipt;
        if (!request.TableNamed && await PostgreSqlReceipts.OtherDatasetAsync(session, table, receipt.Inbox, receipt.Dataset, token) is { } first)
        {
            throw new DatasetException(
                $"Table {table} was made by {first}; {receipt.Inbox}/{receipt.Dataset} gives the same table name.",
                "Rename the file, or name the table in the trigger (\"table\"): then datasets may share it.");
        }
    }

    public static async Task VerifyAsync(WriteTransaction session, TableName table, PublishRequest request, CancellationToken token)
    {
        var receipt = request.Receipt;
        if (await PostgreSqlReceipts.NewestAsync(session, table, token) is null)
        {
            if (!request.Adopt)
            {
                throw new DatasetException(
                    $"Table {table} exists and was not made by this loader.",
                    "Name another table, or write \"adopt\": true in the trigger to let this dataset have it.");
            }

            return;
        }

        await VerifyNameAsync(session, table, request, token);
        if (receipt.Mode == "append" && !request.Again
            && await PostgreSqlReceipts.SameContentAsync(session, table, receipt.Sha256, token) is { } earlier)
        {
            throw new DatasetException(
                $"Table {table} already has this content (sha256 {receipt.Sha256}), appended by load {earlier}.",
                "Write \"again\": true in the trigger to append it once more.");
        }
    }
}

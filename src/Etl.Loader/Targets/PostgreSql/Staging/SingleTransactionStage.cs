using Etl.Loader.Survey;

namespace Etl.Loader.Targets.PostgreSql.Staging;

/// <summary>
/// The whole dataset in one transaction that also creates the table: nothing of it is ever left behind, a server with
/// <c>wal_level=minimal</c> writes no log for the rows, and they are frozen, so that even a reader with an older snapshot sees the table whole.
/// </summary>
internal static class SingleTransactionStage
{
    public static async Task<StagedRows> RunAsync(
        WriteTransaction session, StagingTable table, StageRequest request, IProgress<StageProgress> progress, CancellationToken token)
    {
        await PostgreSqlReceipts.ForgetStagingAsync(session, request.Load, rejects: true, token);
        await session.ExecuteAsync(table.Drop, token);
        await session.ExecuteAsync(table.Create, token);
        await table.VerifyReplaceAsync(session, request, token);
        long rows = 0, bytes = 0;
        var tally = new RejectTally(request.RejectsMax);
        var rejects = new RejectList(tally);
        var pipeline = new CopyPipeline(request.Columns, rejects);
        for (var file = 0; file < request.Reader.Files.Count; file++)
        {
            long before = rows, bytesBefore = bytes;
            using var reader = request.Reader.Open(file);
            rows += await pipeline.RunAsync(
                session.Connection,
                table.Copy(freeze: true),
                reader,
                (encoded, position) => progress.Report(new StageProgress(before + encoded, bytesBefore + position)),
                token);
            bytes += request.Survey.Files[file].Bytes;
        }

        await session.ExecuteAsync(table.Analyze, token);
        return new StagedRows(rows, tally.Count, rejects.Records);
    }
}

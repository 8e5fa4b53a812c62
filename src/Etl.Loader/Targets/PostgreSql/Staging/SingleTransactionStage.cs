using Etl.Loader.Targets.Staging;

namespace Etl.Loader.Targets.PostgreSql.Staging;

/// <summary>
/// The whole dataset in one transaction that also creates the table: nothing of it is ever left behind, a server with
/// <c>wal_level=minimal</c> writes no log for the rows, and they are frozen, so that even a reader with an older snapshot sees the table whole.
/// </summary>
internal static class SingleTransactionStage
{
    /// <summary>Parts read ahead of the encoder, where they must be read in order.</summary>
    private const int Ahead = 1;

    public static async Task<StagedRows> RunAsync(
        WriteTransaction session, StagingTable table, StageRequest request, IProgress<StageProgress> progress, CancellationToken token)
    {
        await table.MakeAsync(session, request, leftAlone: false, token);
        var tally = new RejectTally(request.RejectsMax);
        var rejects = new RejectList(tally, Rejects.Words);
        await using var parts = request.Reader.OpenInOrder(request.Survey, Ahead);
        var source = new WholeDataset(parts, progress);
        await new CopyPipeline(request.Columns).RunAsync(session, table.Copy(freeze: true), source, rejects, token);
        return new StagedRows(source.Rows, tally.Count, rejects.Records);
    }
}

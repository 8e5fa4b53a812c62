using Etl.Loader.Survey;

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
        await table.MakeAsync(session, request.Load, leftAlone: false, token);
        await table.VerifyReplaceAsync(session, request, token);
        var tally = new RejectTally(request.RejectsMax);
        var rejects = new RejectList(tally);
        await using var parts = request.Reader.OpenParts(request.Survey, Ahead, []);
        var source = new WholeDataset(parts, progress);
        await new CopyPipeline(request.Columns).RunAsync(session, table.Copy(freeze: true), source, rejects, token);
        await session.ExecuteAsync(table.Analyze, token);
        return new StagedRows(source.Rows, tally.Count, rejects.Records);
    }

    private sealed class WholeDataset(IDatasetParts parts, IProgress<StageProgress> progress) : ICopySource
    {
        private long _bytes;

        public long Rows { get; private set; }

        public ValueTask<DatasetPart?> NextAsync(CancellationToken token) => parts.TakeAsync(token);

        public void Encoded(DatasetPart part, long rows, long position) =>
            progress.Report(new StageProgress(Rows + rows, _bytes + Math.Clamp(position - part.Start, 0, part.Bytes)));

        public void Ended(DatasetPart part, long rows, long rejected)
        {
            Rows += rows;
            _bytes += part.Bytes;
        }
    }
}

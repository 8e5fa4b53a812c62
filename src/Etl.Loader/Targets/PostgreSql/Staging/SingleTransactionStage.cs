using Etl.Loader.Survey;

namespace Etl.Loader.Targets.PostgreSql.Staging;

/// <summary>
/// The whole dataset in one transaction that also creates the table: nothing of it is ever left behind, a server with
/// <c>wal_level=minimal</c> writes no log for the rows, and they are frozen, so that even a reader with an older snapshot sees the table whole.
/// </summary>
internal static class SingleTransactionStage
{
    public static async Task<StagedRows> RunAsync(
        WriteTransaction session, StagingTable table, StageRequest request, RejectTally rejects, IProgress<StageProgress> progress, CancellationToken token)
    {
        await session.ExecuteAsync(table.Drop, token);
        await session.ExecuteAsync(table.Create, token);
        long rows = 0, bytes = 0;
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
        return new StagedRows(rows, rejects);
    }
}

/// <summary>What a staging table holds, and what was left aside on the way.</summary>
internal sealed record StagedRows(long Loaded, RejectTally Rejects)
{
    /// <summary>Rows read are rows loaded plus rejected; anything else is a fault in reading, and nothing is published.</summary>
    public void Verify(DatasetSurvey survey)
    {
        if (Loaded + Rejects.Count != survey.Rows)
        {
            throw new DatasetException(
                $"The survey counted {survey.Rows} rows, but {Loaded} were loaded and {Rejects.Count} rejected.",
                "The data files changed while they were read: deliver them again, with the trigger last.");
        }
    }
}

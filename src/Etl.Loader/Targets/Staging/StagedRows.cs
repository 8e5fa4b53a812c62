using Etl.Loader.Survey;

namespace Etl.Loader.Targets.Staging;

/// <summary>What a staging table holds, and what was left aside on the way.</summary>
/// <param name="Unwritten">Rejected records that the publishing transaction has to write; those of checkpointed chunks are written already.</param>
internal sealed record StagedRows(long Loaded, long Rejected, IReadOnlyList<RejectedRecord> Unwritten)
{
    /// <summary>Rows read are rows loaded plus rejected; anything else is a fault in reading, and nothing is published.</summary>
    public void Verify(StageRequest request)
    {
        var survey = request.Reader.Finish(request.Survey);
        if (Loaded + Rejected != survey.Rows)
        {
            throw new DatasetException(
                $"The survey counted {survey.Rows} rows, but {Loaded} were loaded and {Rejected} rejected.",
                "The data files changed while they were read: deliver them again, with the trigger last.");
        }
    }
}

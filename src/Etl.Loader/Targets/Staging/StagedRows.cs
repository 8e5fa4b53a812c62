using Etl.Loader.Survey;

namespace Etl.Loader.Targets.Staging;

/// <summary>What a staging table holds, and what was left aside on the way.</summary>
/// <param name="Unwritten">Rejected records that the publishing transaction has to write; those of checkpointed chunks are written already.</param>
internal sealed record StagedRows(long Loaded, long Rejected, IReadOnlyList<RejectedRecord> Unwritten)
{
    public void Verify(StageRequest request) => RequireEvery(request.Reader.Finish(request.Survey), Loaded, Rejected);

    /// <summary>Rows read are rows loaded plus rejected; anything else is a fault in reading, and nothing is published.</summary>
    public static void RequireEvery(DatasetSurvey survey, long loaded, long rejected)
    {
        if (loaded + rejected != survey.Rows)
        {
            throw new DatasetException(
                $"The survey counted {Amounts.Counted(survey.Rows, "row")}, but {Amounts.Count(loaded)} were loaded and {Amounts.Count(rejected)} rejected.",
                "The data files changed while they were read: deliver them again, with the trigger last.");
        }
    }
}

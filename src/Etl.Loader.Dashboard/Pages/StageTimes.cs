using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>A stage on the path of a load.</summary>
/// <param name="At">When the newest attempt entered it; null: not yet, or not by this attempt.</param>
/// <param name="Took">Until the next stage or the attempt's end; null while it lasts or where it was not entered.</param>
internal sealed record StageTime(LoadStage Stage, DateTimeOffset? At, TimeSpan? Took, bool Present);

/// <summary>The stages of a load with their times, from what its newest attempt reported.</summary>
internal static class StageTimes
{
    public static IReadOnlyList<StageTime> Of(LoadDetails details)
    {
        var attempt = details.Attempts.Count == 0 ? null : details.Attempts[^1];
        var entered = new Dictionary<LoadStage, DateTimeOffset> { [LoadStage.Accepted] = details.Load.AcceptedAt };
        foreach (var line in (attempt?.Log ?? []).Where(line => line.Stage is not null))
        {
            entered[line.Stage!.Value] = line.At;
        }

        if (details.Load is { Status: LoadStatus.Loaded, FinishedAt: { } published })
        {
            entered[LoadStage.Published] = published;
        }

        var ordered = entered.OrderBy(e => e.Key).ToList();
        return
        [
            .. Enum.GetValues<LoadStage>().Select(stage => new StageTime(
                stage,
                entered.TryGetValue(stage, out var at) ? at : null,
                Took(stage),
                stage == details.Load.Stage)),
        ];

        TimeSpan? Took(LoadStage stage)
        {
            if (stage == LoadStage.Published || !entered.TryGetValue(stage, out var from))
            {
                return null;
            }

            // Acceptance lasts until the first attempt begins to work; what lies after the last stage is the attempt's end.
            var next = ordered.FirstOrDefault(e => e.Key > stage, new(stage, attempt?.FinishedAt ?? default)).Value;
            return next >= from ? next - from : null;
        }
    }
}

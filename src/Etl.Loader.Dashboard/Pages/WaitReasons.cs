using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>Why a load without outcome does not continue, the nearest reason first; nothing for one that does.</summary>
internal static class WaitReasons
{
    public static IEnumerable<string> Of(LoadModel model)
    {
        var load = model.Details.Load;
        if (load.Status.HasOutcome())
        {
            yield break;
        }

        // What a process said that is silent now is not shown as if it held.
        if (load.Status == LoadStatus.Loading && model.Lane is { Served: false, SilentFor: { } gone } unserved)
        {
            yield return $"Its process {unserved.Holder} has been silent for {Amounts.Span(gone)}; the process that takes the lane over resumes it.";
            yield break;
        }

        if (load.WaitsFor is { } waits)
        {
            yield return $"It waits: {waits}";
        }

        if (load.Status == LoadStatus.Loading)
        {
            yield break;
        }

        if (load.NextAttemptAt is { } next)
        {
            yield return FormattableString.Invariant($"Its next attempt is at {next.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.");
        }

        if (model.Lane is not { } lane)
        {
            yield return $"No process has served lane {load.Spec.Target} yet.";
            yield break;
        }

        if (lane.PausedAt is { } paused)
        {
            yield return FormattableString.Invariant(
                $"Lane {lane.Target} was paused by {lane.PausedBy} at {paused.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC{(lane.PauseReason is null ? "." : $": {lane.PauseReason}")}");
        }

        if (!lane.Served)
        {
            yield return lane.SilentFor is { } silent
                ? $"No process serves lane {lane.Target} now: {lane.Holder} has been silent for {Amounts.Span(silent)}."
                : $"No process serves lane {lane.Target} now.";
        }

        if (lane.WaitsFor is { } away)
        {
            yield return FormattableString.Invariant($"The lane has been waiting since {(lane.WaitsSince ?? lane.ReadAt).UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC: {away}");
        }

        if (lane is { Served: true, Running: { } running })
        {
            yield return $"{lane.Holder ?? "A process"} is loading {running.Dataset} into {running.TableName}; loads of one target run one at a time.";
        }

        if (model.Place is { LoadsBefore: > 0 } place)
        {
            yield return $"{Amounts.Counted(place.LoadsBefore, "load is", "loads are")} before it, {Amounts.Bytes(place.BytesBefore)}{Turn(lane, place)}.";
        }
    }

    private static string Turn(LaneOutlook lane, PlaceInLine place) => lane.Pace?.Of(new Work(place.LoadsBefore, place.BytesBefore)) is { } time
        ? $"; its turn is in about {Amounts.Span(time)}"
        : "";
}

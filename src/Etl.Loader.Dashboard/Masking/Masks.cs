using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Masking;

/// <summary>What the ledger says without the texts that may contain the value of a cell.</summary>
internal static class Masks
{
    /// <summary>In place of a text.</summary>
    public const string Hidden = "(hidden: only operators see messages, which may contain values)";

    public static LoadDetails Masked(this LoadDetails details) => new(details.Load.Masked(), [.. details.Attempts.Select(Masked)]);

    /// <summary>Without its job: Hangfire's pages of jobs are for operators.</summary>
    public static LoadRecord Masked(this LoadRecord load) => load with
    {
        Error = load.Error is null ? null : Named(load),
        Hint = null,
        WaitsFor = Masked(load.WaitsFor),
        Survey = null,
        Receipt = MaskedReceipt.Of(load.Receipt),
        JobId = null,
    };

    public static AttemptRecord Masked(this AttemptRecord attempt) => attempt with
    {
        Error = Masked(attempt.Error),
        Log = [.. attempt.Log.Select(line => line with { Text = line.Stage?.Word() ?? Hidden })],
    };

    public static LoadSummary Masked(this LoadSummary load) => load with { Error = Masked(load.Error), WaitsFor = Masked(load.WaitsFor), JobId = null };

    /// <summary>Its id is a hash of the text, by which guesses could be tried.</summary>
    public static FailureCause Masked(this FailureCause cause) =>
        cause with { Cause = null, Folded = Hidden, Error = Masked(cause.Error), Hint = null };

    public static RunningLoad Masked(this RunningLoad load) => load with { WaitsFor = Masked(load.WaitsFor) };

    public static LaneOutlook Masked(this LaneOutlook lane) => lane with { WaitsFor = Masked(lane.WaitsFor), Running = lane.Running?.Masked() };

    public static LaneStatus Masked(this LaneStatus lane) =>
        lane with { WaitsFor = Masked(lane.WaitsFor), Reconciled = Masked(lane.Reconciled), Outlook = lane.Outlook.Masked() };

    public static TableLoad Masked(this TableLoad load) => load with { Error = Masked(load.Error) };

    public static TableSummary Masked(this TableSummary table) =>
        table with { Newest = table.Newest.Masked(), Made = table.Made?.Masked(), Before = table.Before?.Masked() };

    /// <summary>Causes are reported by their text alone.</summary>
    public static MatchSummary Masked(this MatchSummary found) => found with { Causes = [.. found.Causes.Select(cause => new MatchGroup("", Hidden, cause.Loads))] };

    /// <summary>No one finds out by its cause what a load failed of.</summary>
    public static LoadFilter Masked(this LoadFilter filter) => filter.Cause is null ? filter : filter with { Cause = null, Statuses = filter.MeantStatuses };

    private static string? Masked(string? text) => text is null ? null : Hidden;

    private static string Named(LoadRecord load)
    {
        var line = load.ErrorLine is { } number ? FormattableString.Invariant($", line {number}") : "";
        var kind = load.Fault is null ? "" : $" ({load.Fault})";
        return $"{load.Spec.Dataset}{line}{kind}: {Hidden}";
    }
}

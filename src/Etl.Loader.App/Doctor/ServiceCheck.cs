using Etl.Loader.App.Commands;
using Etl.Loader.Ledger;

namespace Etl.Loader.App.Doctor;

/// <summary>Whether someone serves each lane and watches each inbox, in the words of <c>status</c>.</summary>
internal static class ServiceCheck
{
    public static IReadOnlyList<Finding> Run(StatusCommand.Status status, IReadOnlyList<Unattended> missing) =>
    [
        .. missing.Select(m => new Finding(m.What, m.Died ? FindingLevel.Fault : FindingLevel.Warning, m.Says, m.ToDo, NotReachable: true)),
        .. status.Lanes.Where(l => l.Served).Select(OfServed),
        .. status.Watchers.Where(w => missing.All(m => m.What != $"inbox {w.Inbox}")).Select(OfWatched),
        .. status.Late.Select(late => new Finding($"inbox {late.Inbox}", FindingLevel.Warning, late.ToString(), "Ask its producer; the Watchers page shows whether it is in the inbox.")),
    ];

    private static Finding OfServed(LaneStatus lane) => lane.Condition switch
    {
        LaneCondition.Paused => new($"lane {lane.Target}", FindingLevel.Warning, lane.Says, $"etl-loader resume {lane.Target}"),
        LaneCondition.Waiting => new($"lane {lane.Target}", FindingLevel.Warning, lane.Says, "Correct what it names. The lane resumes automatically, and no load loses an attempt."),
        LaneCondition.Stalled => new($"lane {lane.Target}", FindingLevel.Warning, lane.Says, "Read the log of its process."),
        _ => new($"lane {lane.Target}", FindingLevel.Ok, $"{lane.Says}; served by {lane.Holder}"),
    };

    private static Finding OfWatched(WatcherReport watcher) => new(
        $"inbox {watcher.Inbox}",
        watcher.Watches ? FindingLevel.Ok : FindingLevel.Warning,
        $"watcher {watcher.Host}:{watcher.ProcessId}: {watcher.Says}",
        watcher.Watches ? null : watcher.Reporting ? "Correct what it names." : "Start it again, unless another watcher has replaced it.");
}

using Etl.Loader.Ledger;

namespace Etl.Loader.App.Commands;

/// <summary>Work that no process does: a lane that no one serves, an inbox that no one watches.</summary>
/// <param name="What">"lane warehouse", "inbox warehouse".</param>
/// <param name="Died">True: someone did it and has been silent since, or something waits to be done. False: it was stopped in order, and nothing waits.</param>
internal sealed record Unattended(string What, string Says, string ToDo, bool Died)
{
    public override string ToString() => $"{What}: {Says}. {ToDo}";

    /// <param name="targets">Those of this configuration; none: not known. A lane of another target counts only where its holder died or loads wait for it.</param>
    public static IReadOnlyList<Unattended> Find(IReadOnlyList<LaneStatus> lanes, IReadOnlyList<WatcherReport> watchers, IReadOnlyCollection<string> targets) =>
    [
        .. lanes
            .Where(l => !l.Served && (targets.Count == 0 || targets.Contains(l.Target) || l.SilentSeconds is not null || l.QueuedLoads > 0))
            .Select(l => new Unattended(
                $"lane {l.Target}",
                l.Says,
                l.SilentSeconds is null
                    ? "Start etl-loader serve or up."
                    : "Check whether its process is still running. Starting etl-loader serve or up takes the lane over.",
                l.SilentSeconds is not null || l.QueuedLoads > 0)),
        .. watchers
            .GroupBy(w => w.Inbox, StringComparer.Ordinal)
            .Where(inbox => !inbox.Any(w => w.Reporting))
            .Select(inbox => inbox.MinBy(w => w.SilentSeconds)!)
            .Select(w => new Unattended($"inbox {w.Inbox}", $"not watched, {w.Says} ({w.Host}:{w.ProcessId})", "Start etl-loader watch or up. Deliveries wait until then.", Died: true)),
    ];
}

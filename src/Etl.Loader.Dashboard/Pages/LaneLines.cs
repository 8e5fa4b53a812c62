using Etl.Loader.Ledger;

namespace Etl.Loader.Dashboard.Pages;

/// <summary>One sentence a lane: what runs, what waits, and when the lane is clear.</summary>
internal static class LaneLines
{
    public static Markup Of(IReadOnlyList<LaneOutlook> lanes, Func<LoadId, string> pathTo) => lanes.Count == 0
        ? Markup.Of($"<p class=\"text-muted\">No lane has been served yet.</p>")
        : Markup.Join(lanes.Select(lane => Line(lane, pathTo)));

    private static Markup Line(LaneOutlook lane, Func<LoadId, string> pathTo) => Markup.Of($"""
        <div class="etl-lane">
          <div class="etl-lane-name"><strong>{lane.Target}</strong> {Label(lane)}</div>
          <div class="etl-lane-now">{Doing(lane, pathTo)}</div>
          <div class="etl-lane-rest text-muted">{OutlookText.Rest(lane)}</div>
        </div>
        """);

    private static Markup Doing(LaneOutlook lane, Func<LoadId, string> pathTo) => lane.Running is not { } load
        ? Markup.Of($"<span class=\"text-muted\">{OutlookText.Doing(lane)}</span>")
        : Markup.Of($"<a href=\"{pathTo(load.LoadId)}\">{OutlookText.Doing(lane)}</a>{(lane.Served ? Format.Progress(load) : Markup.Empty)}");

    /// <summary>How it is in a word, with its colour.</summary>
    public static Markup Label(LaneOutlook lane)
    {
        var (style, text) = lane.Condition switch
        {
            LaneCondition.Paused => ("warning", "paused"),
            LaneCondition.Unserved => ("danger", "not served"),
            LaneCondition.Stalled => ("danger", "stalled"),
            LaneCondition.Waiting => ("warning", "waits"),
            _ when lane.Grows => ("warning", "growing"),
            LaneCondition.Loading => ("primary", "loading"),
            LaneCondition.Starting => ("info", "starting"),
            LaneCondition.Retrying => ("info", "retrying"),
            _ => ("success", "idle"),
        };
        return Markup.Of($"<span class=\"label label-{style}\">{text}</span>");
    }
}

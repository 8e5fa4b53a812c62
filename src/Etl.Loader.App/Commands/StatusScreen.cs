using Etl.Loader.App.Output;
using Etl.Loader.Ledger;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Etl.Loader.App.Commands;

/// <summary>The live screen: a line a lane with a bar of what it loads, the watchers that are amiss, and the last outcomes.</summary>
internal static class StatusScreen
{
    private const int BarWidth = 10;

    /// <summary>Of an error; <c>show</c> has the whole.</summary>
    private const int LongestRemark = 76;

    public static IRenderable Draw(StatusCommand.Status status, IReadOnlyList<LoadSummary> outcomes, DateTimeOffset now)
    {
        var parts = new List<IRenderable> { new Text(StatusCommand.CountsOf(status), new Style(decoration: Decoration.Bold)), Lanes(status) };
        foreach (var watcher in status.Watchers.Where(w => !w.Watches))
        {
            parts.Add(new Text($"inbox {Words.Plain(watcher.Inbox)} at {watcher.Host}:{watcher.ProcessId}: {Words.Plain(watcher.Says)}", new Style(Color.Yellow)));
        }

        foreach (var late in status.Late)
        {
            parts.Add(new Text(Words.Plain($"late: {late}"), new Style(Color.Yellow)));
        }

        if (outcomes.Count > 0)
        {
            parts.Add(Outcomes(outcomes, now).Draw());
        }

        parts.Add(new Text("Ctrl-C ends.", new Style(decoration: Decoration.Dim)));
        return new Rows(parts);
    }

    private static Table Lanes(StatusCommand.Status status)
    {
        // On a narrow screen texts break into lines; a bar and its percentage stay together.
        var table = new Table { Border = TableBorder.Simple }
            .AddColumns(new TableColumn("LANE"), new TableColumn("NOW"), new TableColumn("").NoWrap(), new TableColumn("SPEED"), new TableColumn("LEFT").NoWrap(), new TableColumn("WAITING"));
        foreach (var lane in status.Lanes)
        {
            // A bar, a speed and the time left are of a load that runs: of one whose process is silent no one knows them.
            var running = lane.Condition == LaneCondition.Loading ? lane.Outlook.Running : null;
            table.AddRow(
                new Text(lane.Target),
                new Text(Words.Plain(lane.Says)),
                new Text(running is null ? "" : Bar(running), new Style(Color.Blue)),
                new Text(running is { BytesPerSecond: > 0 and var bytes } ? $"{Words.Many((long)(running.RowsPerSecond ?? 0), "row")}/s, {Words.Bytes((long)bytes)}/s" : ""),
                new Text(running is not null && lane.Outlook.RunningLeft is { } left ? Words.Span(left) : ""),
                new Text(lane.QueuedLoads == 0 ? "" : $"{Words.Many(lane.QueuedLoads, "load")}, {Words.Bytes(lane.QueuedBytes)}"));
        }

        return table;
    }

    private static TextTable Outcomes(IReadOnlyList<LoadSummary> outcomes, DateTimeOffset now)
    {
        var table = new TextTable("ENDED", TextColumn.Name("DATASET"), TextColumn.Number("ROWS"), TextColumn.Number("AGE"));
        foreach (var load in outcomes)
        {
            var remark = LoadTable.Remark(load, now);
            table.AddWithNote(
                remark.Length > LongestRemark ? remark[..LongestRemark] + "…" : remark,
                Words.Of(load.Status),
                $"{load.Inbox}/{load.Dataset}",
                load.Status == LoadStatus.Loaded ? Words.Rows(load.RowsLoaded) : "",
                load.FinishedAt is { } at ? Words.AgeCell(at, now) : "");
        }

        return table;
    }

    private static string Bar(RunningLoad load)
    {
        var part = load.Share ?? 0;
        var full = (int)Math.Round(part * BarWidth);
        return $"{new string('━', full)}{new string('─', BarWidth - full)} {Words.Progress(load.BytesDone, load.BytesTotal)}";
    }
}

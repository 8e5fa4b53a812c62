using Etl.Loader.App.Output;
using Etl.Loader.Ledger;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Etl.Loader.App.Commands;

/// <summary>The live screen: a line a lane with a bar of what it loads, the watchers that are amiss, and the last outcomes.</summary>
internal static class StatusScreen
{
    private const int BarWidth = 20;

    /// <summary>Of an error; <c>show</c> has the whole.</summary>
    private const int LongestRemark = 40;

    public static IRenderable Draw(StatusCommand.Status status, IReadOnlyList<LoadSummary> outcomes, LoadRates rates, DateTimeOffset now)
    {
        var parts = new List<IRenderable> { new Text(StatusCommand.CountsOf(status), new Style(decoration: Decoration.Bold)), Lanes(status, rates, now) };
        foreach (var watcher in status.Watchers.Where(w => w.State != "watching"))
        {
            parts.Add(new Text($"inbox {Words.Plain(watcher.Inbox)} at {watcher.Host}:{watcher.ProcessId}: {Words.Plain(watcher.State)}", new Style(Color.Yellow)));
        }

        if (outcomes.Count > 0)
        {
            parts.Add(Outcomes(outcomes, now).Draw());
        }

        parts.Add(new Text("Ctrl-C ends.", new Style(decoration: Decoration.Dim)));
        return new Rows(parts);
    }

    private static Table Lanes(StatusCommand.Status status, LoadRates rates, DateTimeOffset now)
    {
        var table = new Table { Border = TableBorder.Simple }.AddColumns("LANE", "NOW", "", "SPEED", "LEFT", "WAITING");
        foreach (var lane in status.Lanes)
        {
            var running = status.Active.FirstOrDefault(l => l.LoadId == lane.Running);
            var speed = running is null ? null : rates.Of(running.LoadId);
            table.AddRow(
                new Text(lane.Target),
                new Text(Words.Plain(running is null ? StatusCommand.StateOf(lane, now) : $"{Words.Of(running.Stage)} {running.Dataset}")),
                new Text(running is null ? "" : Bar(running), new Style(Color.Blue)),
                new Text(speed is { } known ? $"{Words.Rows((long)known.Rows)} rows/s, {Words.Bytes((long)Math.Max(0, known.Bytes))}/s" : ""),
                new Text(running is null ? "" : Left(running, speed)),
                new Text(lane.QueuedLoads == 0 ? "" : $"{Words.Rows(lane.QueuedLoads)} loads, {Words.Bytes(lane.QueuedBytes)}"));
        }

        return table;
    }

    private static TextTable Outcomes(IReadOnlyList<LoadSummary> outcomes, DateTimeOffset now)
    {
        var table = new TextTable("ENDED", "DATASET", "", "");
        foreach (var load in outcomes)
        {
            var remark = load.Status == LoadStatus.Loaded ? $"{Words.Rows(load.RowsLoaded)} rows" : load.Error ?? "";
            table.Add(
                Words.Of(load.Status),
                $"{load.Inbox}/{load.Dataset}",
                remark.Length > LongestRemark ? remark[..LongestRemark] + "…" : remark,
                load.FinishedAt is { } at ? Words.Ago(at, now) : "");
        }

        return table;
    }

    private static string Bar(LoadSummary load)
    {
        var part = load.BytesTotal > 0 ? Math.Clamp((double)load.BytesDone / load.BytesTotal.Value, 0, 1) : 0;
        var full = (int)Math.Round(part * BarWidth);
        return $"{new string('━', full)}{new string('─', BarWidth - full)} {Words.Progress(load.BytesDone, load.BytesTotal)}";
    }

    private static string Left(LoadSummary load, (double Rows, double Bytes)? speed) => speed is { Bytes: > 0 } known && load.BytesTotal > load.BytesDone
        ? Words.Span(TimeSpan.FromSeconds((load.BytesTotal.Value - load.BytesDone) / known.Bytes))
        : "";
}

using Etl.Loader.App.Output;
using Etl.Loader.Ledger;
using Spectre.Console;

namespace Etl.Loader.App.Commands;

/// <summary>Follows loads to their outcomes: progress bars for a person, a line for each change of status for a file.</summary>
internal sealed class LoadFollower(ILoadQueries queries, Surroundings surroundings)
{
    private const int BarWidth = 20;

    /// <summary>The bar, its percentage, the spinner and the gaps.</summary>
    private const int BesideText = BarWidth + 12;

    /// <summary>More than fit on a screen are reported as to a file.</summary>
    private const int MostBars = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Done, loads failed or cancelled, or timed out.</summary>
    /// <param name="since">Timestamp from which the timeout counts; null: from now.</param>
    public async Task<int> FollowAsync(IReadOnlyCollection<LoadId> loads, TimeSpan? timeout, CancellationToken token, long? since = null)
    {
        using var limit = new CancellationTokenSource(timeout is { } most ? Left(most, since) : Timeout.InfiniteTimeSpan, surroundings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token, limit.Token);
        var seen = new Dictionary<LoadId, LoadRecord>();
        try
        {
            if (surroundings.Interactive && loads.Count is > 0 and <= MostBars)
            {
                var terminal = Terminal.Of(surroundings);
                await terminal.Progress()
                    .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = BarWidth }, new PercentageColumn(), new SpinnerColumn())
                    .StartAsync(bars => FollowAsync(loads, seen, new Bars(bars, Math.Max(BarWidth, terminal.Profile.Width - BesideText)).Show, either.Token));
            }
            else
            {
                await FollowAsync(loads, seen, Line, either.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !token.IsCancellationRequested)
        {
            var open = loads.Where(id => !seen.TryGetValue(id, out var load) || !load.Status.HasOutcome()).ToArray();
            surroundings.Complain(
                $"{(loads.Count == 1 ? "The load" : $"{open.Length} of {Words.Many(loads.Count, "load")}")} had no outcome within {Words.Span(timeout!.Value)}: {string.Join(", ", open.Take(5).Select(Words.Short))}{(open.Length > 5 ? ", …" : "")}",
                $"{(open.Length == 1 ? "It continues" : "They continue")}; see: etl-loader status");
            return ExitCodes.TimedOut;
        }

        var bad = seen.Values.Where(l => l.Status is LoadStatus.Failed or LoadStatus.Cancelled).ToArray();
        foreach (var load in bad)
        {
            Facts.WriteBelow(
                surroundings.Error, $"{Words.Of(load.Status)}: ", Words.Plain($"{load.Spec.Inbox}/{load.Spec.Dataset}: {load.Error}"), surroundings.ErrorWidth);
            surroundings.Advise(load.Hint);
        }

        return bad.Length == 0 ? ExitCodes.Done : ExitCodes.LoadsFailed;
    }

    private TimeSpan Left(TimeSpan timeout, long? since) => since is { } began
        ? TimeSpan.FromTicks(Math.Max(1, (timeout - surroundings.Time.GetElapsedTime(began)).Ticks))
        : timeout;

    private async Task FollowAsync(
        IEnumerable<LoadId> loads, Dictionary<LoadId, LoadRecord> seen, Action<LoadRecord, LoadRecord?> show, CancellationToken token)
    {
        var open = loads.ToList();
        while (open.Count > 0)
        {
            foreach (var id in open.ToArray())
            {
                var load = (await queries.GetAsync(id, token)).Load;
                show(load, seen.GetValueOrDefault(id));
                seen[id] = load;
                if (load.Status.HasOutcome())
                {
                    open.Remove(id);
                }
            }

            if (open.Count > 0)
            {
                await Task.Delay(Pause, surroundings.Time, token);
            }
        }
    }

    private void Line(LoadRecord load, LoadRecord? before)
    {
        if (load.Status != before?.Status)
        {
            var rows = load.RowsLoaded is { } count && load.Status == LoadStatus.Loaded ? $", {Words.Many(count, "row")}" : "";
            surroundings.Out.WriteLine($"{Words.Short(load.Id)} {load.Spec.Inbox}/{Words.Plain(load.Spec.Dataset)} {Words.Of(load.Status)}{rows}");
        }
    }

    /// <param name="width">Of the text before a bar.</param>
    private sealed class Bars(ProgressContext context, int width)
    {
        private readonly Dictionary<LoadId, ProgressTask> _bars = [];

        public void Show(LoadRecord load, LoadRecord? before)
        {
            var state = TextLayout.Cut(Words.Plain(StateOf(load)), width / 2);
            var text = Markup.Escape($"{TextLayout.Cut($"{Words.Plain(load.Spec.Dataset)} → {load.Spec.TableName}", width - state.Length - 2)}: {state}");
            if (!_bars.TryGetValue(load.Id, out var bar))
            {
                bar = _bars[load.Id] = context.AddTask(text, autoStart: true, maxValue: 1);
            }

            bar.Description = text;
            bar.Value = load.Status == LoadStatus.Loaded ? 1 : load.BytesTotal > 0 ? Math.Min(1, (double)load.BytesDone / load.BytesTotal.Value) : 0;
            if (load.Status.HasOutcome())
            {
                bar.StopTask();
            }
        }

        private static string StateOf(LoadRecord load) => load switch
        {
            { Status: LoadStatus.Loading, WaitsFor: { } waits } => "waits for " + waits,
            { Status: LoadStatus.Loading } => Words.Of(load.Stage),
            { Status: LoadStatus.Loaded } => $"loaded, {Words.Many(load.RowsLoaded ?? 0, "row")}",
            _ => Words.Of(load.Status),
        };
    }
}

using Etl.Loader.App.Output;
using Etl.Loader.Ledger;
using Spectre.Console;

namespace Etl.Loader.App.Commands;

/// <summary>Follows loads to their outcomes: progress bars for a person, a line a change of status for a file.</summary>
internal sealed class LoadFollower(ILoadQueries queries, Surroundings surroundings)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static bool HasOutcome(LoadStatus status) =>
        status is LoadStatus.Loaded or LoadStatus.Failed or LoadStatus.Cancelled or LoadStatus.Superseded;

    /// <summary>Done, loads failed or cancelled, or timed out.</summary>
    public async Task<int> FollowAsync(IReadOnlyCollection<LoadId> loads, TimeSpan? timeout, CancellationToken token)
    {
        using var limit = new CancellationTokenSource(timeout ?? Timeout.InfiniteTimeSpan, surroundings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token, limit.Token);
        var seen = new Dictionary<LoadId, LoadRecord>();
        try
        {
            if (surroundings.Interactive)
            {
                await Terminal.Of(surroundings).Progress()
                    .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new SpinnerColumn())
                    .StartAsync(bars => FollowAsync(loads, seen, new Bars(bars).Show, either.Token));
            }
            else
            {
                await FollowAsync(loads, seen, Line, either.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !token.IsCancellationRequested)
        {
            var open = loads.Where(id => !seen.TryGetValue(id, out var load) || !HasOutcome(load.Status)).ToArray();
            surroundings.Error.WriteLine($"error: {open.Length} of {loads.Count} loads had no outcome within {Words.Span(timeout!.Value)}: {string.Join(", ", open.Take(5).Select(Words.Short))}");
            surroundings.Error.WriteLine("  They go on; see: etl-loader status");
            return ExitCodes.TimedOut;
        }

        var bad = seen.Values.Where(l => l.Status is LoadStatus.Failed or LoadStatus.Cancelled).ToArray();
        foreach (var load in bad)
        {
            surroundings.Error.WriteLine($"{Words.Of(load.Status)}: {load.Spec.Inbox}/{Words.Plain(load.Spec.Dataset)}: {Words.Plain(load.Error)}");
            if (load.Hint is not null)
            {
                surroundings.Error.WriteLine($"  {Words.Plain(load.Hint)}");
            }
        }

        return bad.Length == 0 ? ExitCodes.Done : ExitCodes.LoadsFailed;
    }

    private async Task FollowAsync(
        IEnumerable<LoadId> loads, Dictionary<LoadId, LoadRecord> seen, Action<LoadRecord, LoadRecord?> show, CancellationToken token)
    {
        var open = loads.ToList();
        while (open.Count > 0)
        {
            foreach (var id in open.ToArray())
            {
                var load = (await queries.FindAsync(id, token))?.Load ?? throw new LoaderException($"There is no load {id}.", "See: etl-loader loads");
                show(load, seen.GetValueOrDefault(id));
                seen[id] = load;
                if (HasOutcome(load.Status))
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
            var rows = load.RowsLoaded is { } count && load.Status == LoadStatus.Loaded ? $", {Words.Rows(count)} rows" : "";
            surroundings.Out.WriteLine($"{Words.Short(load.Id)} {load.Spec.Inbox}/{Words.Plain(load.Spec.Dataset)} {Words.Of(load.Status)}{rows}");
        }
    }

    private sealed class Bars(ProgressContext context)
    {
        private readonly Dictionary<LoadId, ProgressTask> _bars = [];

        public void Show(LoadRecord load, LoadRecord? before)
        {
            if (!_bars.TryGetValue(load.Id, out var bar))
            {
                bar = _bars[load.Id] = context.AddTask("", autoStart: true, maxValue: 1);
            }

            var state = load switch
            {
                { Status: LoadStatus.Loading, WaitsFor: { } waits } => "waits for " + waits,
                { Status: LoadStatus.Loading } => Words.Of(load.Stage),
                { Status: LoadStatus.Loaded } => $"loaded, {Words.Rows(load.RowsLoaded)} rows",
                _ => Words.Of(load.Status),
            };
            bar.Description = Markup.Escape($"{Words.Plain(load.Spec.Dataset)} → {load.Spec.TableName}: {Words.Plain(state)}");
            bar.Value = load.Status == LoadStatus.Loaded ? 1 : load.BytesTotal > 0 ? Math.Min(1, (double)load.BytesDone / load.BytesTotal.Value) : 0;
            if (HasOutcome(load.Status))
            {
                bar.StopTask();
            }
        }
    }
}

using Etl.Loader.App.Output;
using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Spectre.Console;

namespace Etl.Loader.App.Commands;

/// <summary><c>status --watch</c>: a live screen for a person; for a file or pipe a line for each lane that changes and each outcome.</summary>
internal sealed class StatusWatch(StatusReading reading, Surroundings surroundings)
{
    private const int Outcomes = 8;
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, string> _reported = new(StringComparer.Ordinal);

    /// <summary>Until the token fires; that is how people end it.</summary>
    public async Task<int> RunAsync(CancellationToken token)
    {
        try
        {
            if (surroundings.Interactive)
            {
                await Terminal.Of(surroundings).Live(new Text("")).AutoClear(false).StartAsync(screen => TurnAsync(
                    (status, outcomes) => screen.UpdateTarget(StatusScreen.Draw(status, outcomes, surroundings.Time.GetUtcNow())),
                    problem => screen.UpdateTarget(new Text(problem, new Style(Color.Yellow))),
                    token));
            }
            else
            {
                await TurnAsync(Lines, surroundings.Error.WriteLine, token);
            }
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Ctrl-C.
        }

        return ExitCodes.Done;
    }

    private async Task TurnAsync(Action<StatusCommand.Status, IReadOnlyList<LoadSummary>> show, Action<string> complain, CancellationToken token)
    {
        string? complained = null;
        var seen = false;
        while (true)
        {
            try
            {
                var status = await reading.ReadAsync(token);
                show(status, await reading.RecentAsync(Outcomes, token));
                complained = null;
                seen = true;
            }
            catch (Exception fault) when (seen && FaultTriage.IsQueueOutage(fault))
            {
                var problem = Words.Plain($"{FaultTriage.QueueWords(fault)}. Retrying.");
                if (problem != complained)
                {
                    complain(complained = problem);
                }
            }

            await Task.Delay(Refresh, surroundings.Time, token);
        }
    }

    private void Lines(StatusCommand.Status status, IReadOnlyList<LoadSummary> outcomes)
    {
        var now = surroundings.Time.GetUtcNow();
        foreach (var lane in status.Lanes)
        {
            var outlook = lane.Outlook;
            var key = $"{outlook.Condition} {outlook.WaitsFor ?? outlook.Running?.WaitsFor} {outlook.Running?.Stage} {outlook.Running?.TableName} {lane.QueuedLoads} {lane.QueuedBytes}";
            Report($"lane {lane.Target}", key, $"{lane.Says}; {Amounts.Counted(lane.QueuedLoads, "load waits", "loads wait")}, {Words.Bytes(lane.QueuedBytes)}", now);
        }

        foreach (var watcher in status.Watchers)
        {
            Report($"inbox {watcher.Inbox} at {watcher.Host}:{watcher.ProcessId}", $"{watcher.Reporting} {watcher.State}", watcher.Says, now);
        }

        foreach (var late in status.Late)
        {
            Report($"late {late.Inbox} {late.Match}", late.ToString(), late.ToString(), now);
        }

        // The first look shows what was, not what happens.
        foreach (var load in outcomes.Reverse())
        {
            Report($"load {Words.Short(load.LoadId)}", $"{load.Status}", $"{Words.Of(load.Status)} {load.Inbox}/{load.Dataset}{(load.RowsLoaded is { } rows ? $", {Words.Many(rows, "row")}" : "")}", now);
        }
    }

    /// <param name="key">What it says but for the time that passes: a line is for what changes.</param>
    private void Report(string of, string key, string what, DateTimeOffset now)
    {
        if (_reported.TryGetValue(of, out var before) && before == key)
        {
            return;
        }

        _reported[of] = key;
        surroundings.Out.WriteLine($"{Words.Time(now)} {Words.Plain(of)}: {Words.Plain(what)}");
    }
}

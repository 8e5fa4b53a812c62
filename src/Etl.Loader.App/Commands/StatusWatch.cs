using System.Data.Common;
using Etl.Loader.App.Output;
using Etl.Loader.Ledger;
using Spectre.Console;

namespace Etl.Loader.App.Commands;

/// <summary><c>status --watch</c>: a live screen for a person; for a file or pipe a line for each lane that changes and each outcome.</summary>
internal sealed class StatusWatch(ILoadQueries queries, Surroundings surroundings)
{
    private const int Outcomes = 8;
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, string> _told = new(StringComparer.Ordinal);

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
                var status = await StatusCommand.ReadAsync(queries, token);
                show(status, await queries.RecentAsync(Outcomes, token));
                complained = null;
                seen = true;
            }
            catch (DbException fault) when (seen)
            {
                var problem = $"The queue database does not answer, and is asked again: {Words.Plain(fault.Message)}";
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
            var running = status.Active.FirstOrDefault(l => l.LoadId == lane.Running);
            var what = running is null ? StatusCommand.StateOf(lane, now) : $"{Words.Of(running.Stage)} {running.Dataset}";
            Tell($"lane {lane.Target}", $"{what}; {Words.Rows(lane.QueuedLoads)} loads wait, {Words.Bytes(lane.QueuedBytes)}", now);
        }

        // The first look tells what was, not what happens.
        foreach (var load in outcomes.Reverse())
        {
            Tell($"load {Words.Short(load.LoadId)}", $"{Words.Of(load.Status)} {load.Inbox}/{load.Dataset}{(load.RowsLoaded is { } rows ? $", {Words.Rows(rows)} rows" : "")}", now);
        }
    }

    private void Tell(string of, string what, DateTimeOffset now)
    {
        if (_told.TryGetValue(of, out var before) && before == what)
        {
            return;
        }

        _told[of] = what;
        surroundings.Out.WriteLine($"{Words.Time(now)} {of}: {Words.Plain(what)}");
    }
}

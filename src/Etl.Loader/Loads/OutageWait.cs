using Etl.Loader.Ledger;
using Etl.Loader.Targets;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Loads;

/// <summary>Waits within an attempt until what was away is back, and says so to people: in the ledger, at the lane and in the log.</summary>
internal sealed class OutageWait(ILoadLedger ledger, LoadOptions options, TimeProvider time, ILogger<OutageWait> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    /// <param name="full">How often this attempt has come upon a full disk.</param>
    public async Task RunAsync(LoadRecord load, AttemptKey attempt, LaneHold lane, TargetFault fault, int full, CancellationToken token)
    {
        Log.Waiting(logger, load.Id, lane.Target.Name, fault.Reason);
        attempt.Log.Add(time.GetUtcNow(), $"waits: {fault.Reason}", LogWeight.Warning);
        await SayAsync(fault.Reason);
        if (fault.Full)
        {
            await UntilSpaceAsync(load, lane, fault, full, SayAsync, token);
        }
        else
        {
            await UntilAnswersAsync(lane.Target, token);
        }

        attempt.Log.Add(time.GetUtcNow(), "goes on: what was away is back");
        await SayAsync(null);

        async Task SayAsync(string? reason)
        {
            await FaultTriage.IgnoringQueueOutageAsync(() => lane.SayWaits(reason, token), load.Id, logger);
            await FaultTriage.IgnoringQueueOutageAsync(() => ledger.SetWaitsForAsync(attempt, reason, token), load.Id, logger);
        }
    }

    private async Task UntilAnswersAsync(ILoadTarget target, CancellationToken token)
    {
        var pause = FirstPause;
        do
        {
            await Task.Delay(pause, time, token);
            pause = Longer(pause, options.OutageProbe);
        }
        while (!await AnswersAsync(target, token));
    }

    /// <summary>
    /// A full disk answers every probe. Where the free space is known, the load goes on once it is enough; else after a while that grows from one
    /// time to the next. What it has staged is part of what fills the disk: after a grace it goes.
    /// </summary>
    private async Task UntilSpaceAsync(LoadRecord load, LaneHold lane, TargetFault fault, int full, Func<string, Task> say, CancellationToken token)
    {
        var began = time.GetTimestamp();
        var dropped = false;
        var longest = TimeSpan.FromTicks(options.FullDiskGrace.Ticks * (1L << Math.Min(full, 4)));
        var pause = FirstPause;
        while (true)
        {
            await Task.Delay(pause, time, token);
            pause = Longer(pause, options.OutageProbe);
            if (!dropped && time.GetElapsedTime(began) >= options.FullDiskGrace)
            {
                dropped = true;
                await Leftovers.TryDropAsync(load.Id, lane, logger, token);
                await say($"{fault.Reason} What the load had staged was dropped; it begins anew.");
            }

            if (await EnoughAsync(load, lane.Target, token) is { } enough ? enough : dropped && time.GetElapsedTime(began) >= longest)
            {
                return;
            }
        }
    }

    /// <summary>Null: not known.</summary>
    private static async Task<bool?> EnoughAsync(LoadRecord load, ILoadTarget target, CancellationToken token)
    {
        try
        {
            return (await SpaceCheck.LookAsync(load, target, token))?.Enough;
        }
        catch (Exception exception) when (!token.IsCancellationRequested && FaultTriage.Of(exception, target).Kind == FaultKind.Outage)
        {
            return false;
        }
    }

    private static async Task<bool> AnswersAsync(ILoadTarget target, CancellationToken token)
    {
        try
        {
            await target.ProbeAsync(token);
            return true;
        }
        catch (Exception exception) when (!token.IsCancellationRequested && FaultTriage.Of(exception, target).Kind == FaultKind.Outage)
        {
            return false;
        }
    }

    private static TimeSpan Longer(TimeSpan pause, TimeSpan limit) => TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, limit.Ticks));
}

using Etl.Loader.Faults;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Etl.Loader.Targets;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Loads;

/// <summary>What an attempt has come upon that waiting ends.</summary>
/// <param name="Cause">What was thrown; null for a lack of space that was seen before anything failed.</param>
/// <param name="Earlier">How many outages this attempt has waited for before.</param>
/// <param name="Full">How many of those were a full disk.</param>
internal sealed record Outage(TargetFault Fault, Exception? Cause, int Earlier, int Full);

/// <summary>
/// Waits within an attempt until what was away is back, and says so to people: in the ledger, at the lane and in the log. What is said is the newest
/// reason, and nothing once the wait is over, however it ends.
/// </summary>
internal sealed class OutageWait(IInboxes inboxes, LoadOptions options, TimeProvider time, ILogger<OutageWait> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    public async Task RunAsync(LoadRecord load, AttemptKey attempt, LaneHold lane, AttemptProgress progress, Outage outage, CancellationToken token)
    {
        string? said = null;
        await ReportAsync(outage.Fault.Reason);
        try
        {
            if (outage.Fault.Full)
            {
                await UntilSpaceAsync(load, lane, outage, ReportAsync, token);
            }
            else
            {
                await UntilAnswersAsync(load, lane.Target, outage, ReportAsync, token);
            }
        }
        finally
        {
            lane.Desk.ReportWait(null);
        }

        attempt.Log.Add(time.GetUtcNow(), "resumed: what was away is back");
        await progress.ReportWaitAsync(null, token);

        async Task ReportAsync(string reason)
        {
            if (reason == said)
            {
                return;
            }

            said = reason;
            Log.Waiting(logger, load.Id, lane.Target.Name, reason);
            attempt.Log.Add(time.GetUtcNow(), $"waits: {reason}", LogWeight.Warning);
            lane.Desk.ReportWait(reason);
            await progress.ReportWaitAsync(reason, token);
        }
    }

    /// <summary>Asks what was away; the pauses grow, within one wait and from one to the next.</summary>
    private async Task UntilAnswersAsync(LoadRecord load, ILoadTarget target, Outage outage, Func<string, Task> say, CancellationToken token)
    {
        var pause = FirstPause;
        for (var earlier = 0; earlier < outage.Earlier && pause < options.OutageProbe; earlier++)
        {
            pause = Longer(pause, options.OutageProbe);
        }

        while (true)
        {
            await Task.Delay(pause, time, token);
            pause = Longer(pause, options.OutageProbe);
            if (await FindOutageAsync(load, target, outage, token) is not { } reason)
            {
                return;
            }

            await say(reason);
        }
    }

    /// <summary>
    /// A full disk answers every probe. Where the free space is known, the load continues once it is enough; otherwise after a while that grows from one
    /// time to the next. What it has staged is part of what fills the disk: after a grace it goes.
    /// </summary>
    private async Task UntilSpaceAsync(LoadRecord load, LaneHold lane, Outage outage, Func<string, Task> say, CancellationToken token)
    {
        var began = time.GetTimestamp();
        var dropped = false;
        var longest = TimeSpan.FromTicks(options.FullDiskGrace.Ticks * (1L << Math.Min(outage.Full, 4)));
        var pause = FirstPause;
        while (true)
        {
            await Task.Delay(pause, time, token);
            pause = Longer(pause, options.OutageProbe);
            if (!dropped && time.GetElapsedTime(began) >= options.FullDiskGrace)
            {
                dropped = true;
                await Leftovers.TryDropAsync(load.Id, lane, logger, token);
                await say($"{outage.Fault.Reason} What the load had staged was dropped; it starts again from the beginning.");
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

    /// <summary>Why it is still away, in its newest words; null: it answers.</summary>
    private async Task<string?> FindOutageAsync(LoadRecord load, ILoadTarget target, Outage outage, CancellationToken token)
    {
        try
        {
            if (outage.Cause is InboxAwayException)
            {
                inboxes.Resolve(load.Spec);
            }
            else
            {
                await target.ProbeAsync(token);
            }

            return null;
        }
        catch (DatasetException)
        {
            // The inbox is back; what is wrong with the dataset the attempt finds out.
            return null;
        }
        catch (Exception exception) when (!token.IsCancellationRequested && FaultTriage.Of(exception, target) is { Kind: FaultKind.Outage } fault)
        {
            return fault.Reason;
        }
    }

    private static TimeSpan Longer(TimeSpan pause, TimeSpan limit) => TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, limit.Ticks));
}

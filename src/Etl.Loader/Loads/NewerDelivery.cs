using System.Collections.Concurrent;
using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Loads;

/// <summary>What became of a dataset whose files are no longer those that were accepted.</summary>
/// <param name="By">The load of the newer delivery; null: none has been accepted yet.</param>
internal sealed record Redelivery(LoadId? By);

/// <summary>
/// Whether a load failed only because its producer has delivered the dataset again, or is about to: the files come before their trigger, by hours where
/// they are large. While they change, and for a while after, the load waits for the newer delivery instead of failing.
/// </summary>
internal sealed class NewerDelivery(ILoadLedger ledger, IInboxes inboxes, LoadOptions options, TimeProvider time, ILogger<NewerDelivery> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>The data is there before its trigger is.</summary>
    private static readonly TimeSpan TriggerPatience = TimeSpan.FromSeconds(1);

    /// <summary>A trigger that is there is taken within a scan and the time in which it has to stay unchanged.</summary>
    private static readonly TimeSpan AcceptPatience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// What the files of each waiting load were when last seen, and since when. In memory: another process begins the wait again, which is longer and never
    /// shorter.
    /// </summary>
    private readonly ConcurrentDictionary<LoadId, (string Files, long Since)> _waiting = new();

    /// <summary>Null where the files are as they were accepted, or no newer delivery is to be expected.</summary>
    public async Task<Redelivery?> FindAsync(LoadRecord load, CancellationToken token)
    {
        if (Changed(load.Spec) is not { } files)
        {
            _waiting.TryRemove(load.Id, out _);
            return null;
        }

        var waiting = _waiting.AddOrUpdate(
            load.Id, _ => (files, time.GetTimestamp()), (_, before) => before.Files == files ? before : (files, time.GetTimestamp()));
        for (var began = time.GetTimestamp(); ; await Task.Delay(Pause, time, token))
        {
            // First: a trigger that is gone by the next statement has become a load by then.
            var triggered = inboxes.IsTriggered(load.Spec);
            if (await AskAsync(load.Id, token) is { } newer)
            {
                _waiting.TryRemove(load.Id, out _);
                return new Redelivery(newer);
            }

            if (time.GetElapsedTime(began) < (triggered ? AcceptPatience : TriggerPatience))
            {
                continue;
            }

            // An append's rows are lost with its files: the next delivery does not bring them again.
            if (load.Spec.Mode != LoadMode.Append && (triggered || time.GetElapsedTime(waiting.Since) < options.RedeliveryPatience))
            {
                return new Redelivery(null);
            }

            _waiting.TryRemove(load.Id, out _);
            return null;
        }
    }

    /// <summary>What the files are now; null where they are as they were accepted.</summary>
    private string? Changed(LoadSpec spec)
    {
        try
        {
            inboxes.VerifyUnchanged(spec);
            return null;
        }
        catch (DatasetException fault)
        {
            return Describe(spec) ?? fault.Message;
        }
        catch (InboxAwayException)
        {
            // What cannot be seen is not known to have changed.
            return null;
        }
    }

    /// <summary>All files, since a producer writes one after the other; null where one of them is missing.</summary>
    private string? Describe(LoadSpec spec)
    {
        try
        {
            return string.Join('\n', inboxes.Refresh(spec).Files);
        }
        catch (Exception fault) when (fault is DatasetException or InboxAwayException or IOException)
        {
            return null;
        }
    }

    private async Task<LoadId?> AskAsync(LoadId load, CancellationToken token)
    {
        while (true)
        {
            try
            {
                return await ledger.FindNewerDeliveryAsync(load, token);
            }
            catch (Exception exception) when (FaultTriage.IsQueueOutage(exception))
            {
                Log.QueueAway(logger, load, exception);
                await Task.Delay(options.OutageProbe, time, token);
            }
        }
    }
}

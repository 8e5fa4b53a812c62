using Etl.Loader.Inboxes;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Loads;

/// <summary>
/// Whether a load failed only because its producer has delivered the dataset again: its files are gone, and what took their place is a load of its own.
/// </summary>
internal sealed class NewerDelivery(ILoadLedger ledger, IInboxes inboxes, LoadOptions options, TimeProvider time, ILogger<NewerDelivery> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>The data is there before its trigger is.</summary>
    private static readonly TimeSpan TriggerPatience = TimeSpan.FromSeconds(1);

    /// <summary>A trigger that is there is taken within a scan and the time in which it has to stay unchanged.</summary>
    private static readonly TimeSpan AcceptPatience = TimeSpan.FromSeconds(30);

    /// <summary>Null where the files are as they were accepted, or no newer delivery replaces them.</summary>
    public async Task<LoadId?> FindAsync(LoadRecord load, CancellationToken token)
    {
        if (!IsChanged(load.Spec))
        {
            return null;
        }

        for (var began = time.GetTimestamp(); ; await Task.Delay(Pause, time, token))
        {
            // First: a trigger that is gone by the next statement has become a load by then.
            var patience = inboxes.IsTriggered(load.Spec) ? AcceptPatience : TriggerPatience;
            if (await AskAsync(load.Id, token) is { } newer)
            {
                return newer;
            }

            if (time.GetElapsedTime(began) >= patience)
            {
                return null;
            }
        }
    }

    private bool IsChanged(LoadSpec spec)
    {
        try
        {
            inboxes.VerifyUnchanged(spec);
            return false;
        }
        catch (DatasetException)
        {
            return true;
        }
        catch (InboxAwayException)
        {
            // What cannot be seen is not known to have changed.
            return false;
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

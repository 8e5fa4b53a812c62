using Etl.Loader.Inboxes.Files;
using Etl.Loader.Inboxes.Triggers;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>Takes triggers by renaming them: of all watchers on an inbox one succeeds, and the load's id is in the name from then on.</summary>
internal sealed class TriggerClaims(Inbox inbox, WaitingTriggers waiting, TimeProvider time, ILogger logger, Action<WatcherStep, string> atStep)
{
    /// <summary>Why a trigger could not be claimed since <see cref="Begin"/>.</summary>
    public string? Problem { get; private set; }

    public void Begin() => Problem = null;

    /// <summary>A claim that lies there: left by a watcher that died, or by this one before an outage.</summary>
    public Claim? Found(ReadyTrigger trigger)
    {
        if (!InboxName.IsClaim(trigger.Path, out var dataset, out var load) || !Readable(trigger, out var text))
        {
            return null;
        }

        waiting.Remove(trigger.Path);
        return new Claim(dataset, load, text);
    }

    /// <summary>Renames the trigger to its claim; null when another watcher was first, or when it cannot be taken now.</summary>
    public Claim? Take(ReadyTrigger trigger)
    {
        if (!Readable(trigger, out _))
        {
            return null;
        }

        var dataset = trigger.Path[..^InboxName.Trigger.Length];
        var load = LoadId.New(time);
        var markers = new DatasetMarkers(inbox, dataset);
        try
        {
            atStep(WatcherStep.BeforeClaim, dataset);
            waiting.Remove(trigger.Path);
            if (!markers.IsClaimable)
            {
                return Unclaimable(dataset, load);
            }

            if (!AtomicRename.Try(inbox.FullPath(trigger.Path), markers.ClaimPath(load)))
            {
                return null;
            }

            atStep(WatcherStep.AfterClaim, dataset);
            markers.RemoveOutcomes();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NotClaimed(logger, inbox.Name, trigger.Path, exception.Message);
            Problem = $"cannot claim {Shown.Name(trigger.Path)}: {exception.Message}";
            waiting.Postpone(trigger.Path);
            return null;
        }

        // Read from the claim: what was there before the rename could have been replaced.
        var text = TriggerText.Read(markers.ClaimPath(load), trigger.Path);
        if (text is null || (!trigger.LastChance && !text.Parses()))
        {
            waiting.Seen(InboxName.ClaimOf(dataset, load));
            return null;
        }

        return new Claim(dataset, load, text);
    }

    private static Claim Unclaimable(string dataset, LoadId load)
    {
        var fault = new TriggerText(
            [],
            $"The name of the trigger {Shown.Name(dataset + InboxName.Trigger)} is too long: its markers would not fit into 255 bytes.",
            $"Deliver the data under a name at least {InboxName.ClaimSuffixBytes} bytes shorter than the longest possible one.");
        return new Claim(dataset, load, fault, Kind: ClaimKind.Trigger);
    }

    /// <summary>False when it is gone, or when a writer may not have finished it; then it stays among the waiting.</summary>
    private bool Readable(ReadyTrigger trigger, out TriggerText text)
    {
        text = TriggerText.Read(inbox.FullPath(trigger.Path), trigger.Path)!;
        if (text is null)
        {
            waiting.Remove(trigger.Path);
            return false;
        }

        if (!trigger.LastChance && !text.Parses())
        {
            waiting.Unparsable(trigger.Path);
            return false;
        }

        return true;
    }
}

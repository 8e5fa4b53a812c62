using Etl.Loader.Inboxes.Files;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>
/// Takes triggers by renaming them: of all watchers on an inbox one succeeds, and the load's id is in the name from then on. Whatever dies leaves a claim
/// with that id, which any watcher takes up; the ledger shows whether it was accepted already.
/// </summary>
internal sealed class ClaimsByRename(
    Inbox inbox, IAcceptLoads ledger, OutcomeMarkers outcomes, WaitingTriggers waiting, TimeProvider time, ILogger logger, Action<WatcherStep, string> atStep)
    : ITriggerClaims
{
    public string? Problem { get; private set; }

    public void Begin() => Problem = null;

    /// <summary>Never: one that was taken has another name.</summary>
    public bool IsTaken(string path) => false;

    public async Task<IReadOnlyList<Claim>> TakeAsync(IReadOnlyList<ReadyTrigger> ready, CancellationToken token)
    {
        var claims = await WithoutKnownAsync([.. ready.Where(t => InboxName.IsClaim(t.Path)).Select(Found).OfType<Claim>()], token);
        claims.AddRange(ready.Where(t => !InboxName.IsClaim(t.Path)).Select(Take).OfType<Claim>());
        return claims;
    }

    /// <summary>Marks it. A marker that cannot be written stops nothing: the claim stays, and is looked at again.</summary>
    public async Task AcceptedAsync(Claim claim, LoadStatus status, LoadRefusal? refusal, CancellationToken token)
    {
        atStep(WatcherStep.BeforeMarker, claim.Dataset);
        try
        {
            using var markers = new DatasetMarkers(inbox, claim.Dataset);
            if (refusal is not null)
            {
                markers.Refused(claim.Load, refusal);
                if (claim.Kind == ClaimKind.Trigger)
                {
                    markers.RemoveTrigger();
                }
            }
            else if (status is LoadStatus.Queued or LoadStatus.Loading or LoadStatus.Retrying)
            {
                markers.QueuedForClaim(claim.Load, claim.Text.Content);
            }
            else
            {
                await outcomes.WriteAsync(claim.Load, token);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.MarkerNotWritten(logger, claim.Load, inbox.Name, claim.Dataset, exception.Message);
            waiting.Postpone(claim.Path);
        }

        atStep(WatcherStep.AfterMarker, claim.Dataset);
    }

    /// <summary>The claim is on disk under its id.</summary>
    public void GiveBack(Claim claim)
    {
        if (claim.Kind == ClaimKind.Claim)
        {
            waiting.Finished(claim.Path);
        }
    }

    /// <summary>Marks the claims whose loads the ledger knows, and returns the others.</summary>
    private async Task<List<Claim>> WithoutKnownAsync(List<Claim> claims, CancellationToken token)
    {
        if (claims.Count == 0)
        {
            return claims;
        }

        var known = await ledger.FindAsync([.. claims.Select(c => c.Load).Distinct()], token);
        foreach (var claim in claims.Where(c => known.ContainsKey(c.Load)))
        {
            await AcceptedAsync(claim, known[claim.Load], refusal: null, token);
        }

        return [.. claims.Where(c => !known.ContainsKey(c.Load))];
    }

    /// <summary>A claim that is there: left by a watcher that died, or by this one before an outage.</summary>
    private Claim? Found(ReadyTrigger trigger)
    {
        if (!InboxName.IsClaim(trigger.Path, out var dataset, out var load) || !Readable(trigger, out var text))
        {
            return null;
        }

        waiting.Remove(trigger.Path);
        return new Claim(dataset, load, text);
    }

    /// <summary>Renames the trigger to its claim; null when another watcher was first, or when it cannot be taken now.</summary>
    private Claim? Take(ReadyTrigger trigger)
    {
        if (!Readable(trigger, out _))
        {
            return null;
        }

        var dataset = trigger.Path[..^InboxName.Trigger.Length];
        var load = LoadId.New(time);
        try
        {
            using var markers = new DatasetMarkers(inbox, dataset);
            atStep(WatcherStep.BeforeClaim, dataset);
            waiting.Remove(trigger.Path);
            if (!markers.IsClaimable)
            {
                return Unclaimable(dataset, load);
            }

            if (!markers.TryClaim(load))
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
        var text = Read(InboxName.ClaimOf(dataset, load), trigger.Path);
        if (text is null || (!trigger.LastChance && !text.Parses()))
        {
            waiting.Seen(InboxName.ClaimOf(dataset, load));
            return null;
        }

        return new Claim(dataset, load, text);
    }

    private TriggerText? Read(string path, string name)
    {
        using var root = inbox.Open();
        return TriggerText.Read(root, path, name);
    }

    private static Claim Unclaimable(string dataset, LoadId load)
    {
        var fault = new TriggerText(
            [],
            $"The name of the trigger {Shown.Name(dataset + InboxName.Trigger)} is too long: its markers would not fit into 255 bytes.",
            $"Deliver the data under a name at least {Amounts.Counted(InboxName.ClaimSuffixBytes, "byte")} shorter than the longest possible one.");
        return new Claim(dataset, load, fault, Kind: ClaimKind.Trigger);
    }

    /// <summary>False when it is gone, or when a writer may not have finished it; then it stays among the waiting.</summary>
    private bool Readable(ReadyTrigger trigger, out TriggerText text)
    {
        text = Read(trigger.Path, trigger.Path)!;
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

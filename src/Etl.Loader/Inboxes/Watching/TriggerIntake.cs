using Etl.Loader.Inboxes.Files;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>How many loads a round accepted and how many triggers it refused.</summary>
internal readonly record struct IntakeResult(int Accepted, int Refused)
{
    public static IntakeResult operator +(IntakeResult a, IntakeResult b) => new(a.Accepted + b.Accepted, a.Refused + b.Refused);
}

/// <summary>
/// Turns triggers into loads: claim by rename, accept in the database, mark. Whatever dies in between leaves a claim with the load's id in its
/// name, which any watcher takes up under that id; the ledger tells whether it was accepted already.
/// </summary>
internal sealed class TriggerIntake(
    Inbox inbox,
    IAcceptLoads ledger,
    OutcomeMarkers outcomes,
    WaitingTriggers waiting,
    TimeProvider time,
    ILogger logger)
{
    /// <summary>Loads a transaction: large enough to accept a flood quickly, small enough that the first of it start at once.</summary>
    private const int BatchSize = 500;

    /// <summary>Called at each step with the dataset (empty for a batch); tests stop the process here.</summary>
    public Action<WatcherStep, string> AtStep { get; init; } = static (_, _) => { };

    /// <summary>Why triggers could not be claimed in the last round; null when all could.</summary>
    public string? Problem { get; private set; }

    public async Task<IntakeResult> TakeAsync(IReadOnlyList<ReadyTrigger> ready, CancellationToken token)
    {
        Problem = null;
        var result = default(IntakeResult);
        foreach (var batch in ready.Chunk(BatchSize))
        {
            token.ThrowIfCancellationRequested();
            await RequireQueueAsync(token);
            var found = batch.Where(t => InboxName.IsClaim(t.Path)).Select(Found).OfType<Claim>().ToList();
            var claims = await WithoutKnownAsync(found, token);
            claims.AddRange(batch.Where(t => !InboxName.IsClaim(t.Path)).Select(Take).OfType<Claim>());
            result += await AcceptAsync(claims, token);
        }

        return result;
    }

    /// <summary>Accepts again what the ledger should know and does not: it was restored from a backup.</summary>
    public async Task<IntakeResult> TakeAgainAsync(IReadOnlyList<(string Dataset, LoadId Load, byte[] Trigger)> queued, CancellationToken token)
    {
        await RequireQueueAsync(token);
        var claims = queued.Select(q => new Claim(q.Dataset, q.Load, new TriggerText(q.Trigger, null, null), ClaimKind.Marker)).ToList();
        foreach (var claim in claims)
        {
            Log.AcceptedAgain(logger, claim.Load, inbox.Name, claim.Dataset);
        }

        return await AcceptAsync(claims, token);
    }

    private async Task RequireQueueAsync(CancellationToken token)
    {
        if (!await ledger.IsReachableAsync(token))
        {
            throw new QueueAwayException();
        }
    }

    /// <summary>A claim that lies there: left by a watcher that died, or by this one before an outage.</summary>
    private Claim? Found(ReadyTrigger trigger)
    {
        if (!InboxName.IsClaim(trigger.Path, out var dataset, out var load) || !Readable(trigger, out var text))
        {
            return null;
        }

        waiting.Remove(trigger.Path);
        return new Claim(dataset, load, text);
    }

    private Claim? Take(ReadyTrigger trigger)
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
            AtStep(WatcherStep.BeforeClaim, dataset);
            waiting.Remove(trigger.Path);
            if (!markers.IsClaimable)
            {
                return Unclaimable(dataset, load);
            }

            if (!AtomicRename.Try(inbox.FullPath(trigger.Path), markers.ClaimPath(load)))
            {
                return null;
            }

            AtStep(WatcherStep.AfterClaim, dataset);
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

    /// <summary>Marks the claims whose loads the ledger knows, and returns the others.</summary>
    private async Task<List<Claim>> WithoutKnownAsync(List<Claim> claims, CancellationToken token)
    {
        if (claims.Count == 0)
        {
            return claims;
        }

        var known = await ledger.FindAsync([.. claims.Select(c => c.Load)], token);
        foreach (var claim in claims.Where(c => known.ContainsKey(c.Load)))
        {
            await MarkAsync(claim, known[claim.Load], refusal: null, token);
        }

        return [.. claims.Where(c => !known.ContainsKey(c.Load))];
    }

    private async Task<IntakeResult> AcceptAsync(List<Claim> claims, CancellationToken token)
    {
        if (claims.Count == 0)
        {
            return default;
        }

        var result = default(IntakeResult);
        try
        {
            var loads = ToLoads(claims);
            AtStep(WatcherStep.BeforeAccept, "");
            var accepted = await AcceptOrSetAsideAsync(loads, token);
            AtStep(WatcherStep.AfterAccept, "");
            foreach (var claim in claims.Where(c => accepted.ContainsKey(c.Load)))
            {
                var (load, acceptance) = accepted[claim.Load];
                await MarkAsync(claim, acceptance.Status, acceptance.New ? load.Refusal : null, token);
                result += load.Refusal is null ? new IntakeResult(1, 0) : new IntakeResult(0, 1);
                Tell(load);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The claims lie on disk under their ids: this or any other watcher goes on from there.
            foreach (var claim in claims.Where(c => c.Kind == ClaimKind.Claim))
            {
                waiting.Finished(InboxName.ClaimOf(claim.Dataset, claim.Load));
            }

            throw;
        }

        return result;
    }

    private List<NewLoad> ToLoads(List<Claim> claims)
    {
        var loads = new List<NewLoad>(claims.Count);
        foreach (var claim in claims)
        {
            try
            {
                loads.Add(claim.Text.Fault is { } fault
                    ? TriggerReader.Refuse(inbox, claim.Dataset, claim.Load, fault, claim.Text.Hint)
                    : TriggerReader.Read(inbox, claim.Dataset, claim.Load, claim.Text.Content));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Log.NotRead(logger, inbox.Name, claim.Dataset, exception.Message);
                waiting.Postpone(InboxName.ClaimOf(claim.Dataset, claim.Load));
            }
        }

        if (loads.Any(l => l.Refusal is not null))
        {
            // Files of an unmounted share are not missing.
            InboxIdentity.RequirePresent(inbox);
        }

        return loads;
    }

    /// <summary>One bad load must not stop the others: what the database will not take is tried alone, told, and tried again later.</summary>
    private async Task<Dictionary<LoadId, (NewLoad Load, Acceptance Acceptance)>> AcceptOrSetAsideAsync(List<NewLoad> loads, CancellationToken token)
    {
        var byId = loads.ToDictionary(l => l.Id);
        var accepted = new Dictionary<LoadId, (NewLoad, Acceptance)>(loads.Count);
        if (loads.Count == 0)
        {
            return accepted;
        }

        try
        {
            foreach (var acceptance in await ledger.AcceptAsync(loads, token))
            {
                accepted[acceptance.Id] = (byId[acceptance.Id], acceptance);
            }

            return accepted;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.BatchNotAccepted(logger, inbox.Name, loads.Count, exception);
        }

        foreach (var load in loads)
        {
            await RequireQueueAsync(token);
            try
            {
                accepted[load.Id] = (load, (await ledger.AcceptAsync([load], token))[0]);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                await RequireQueueAsync(token);
                Log.NotAccepted(logger, load.Id, inbox.Name, load.Spec.Dataset, exception);
                waiting.Postpone(InboxName.ClaimOf(load.Spec.Dataset, load.Id));
            }
        }

        return accepted;
    }

    /// <summary>A marker that cannot be written stops nothing: the claim stays, and is looked at again.</summary>
    private async Task MarkAsync(Claim claim, LoadStatus status, LoadRefusal? refusal, CancellationToken token)
    {
        AtStep(WatcherStep.BeforeMarker, claim.Dataset);
        var markers = new DatasetMarkers(inbox, claim.Dataset);
        try
        {
            if (refusal is not null)
            {
                markers.Outcome(claim.Load, LoadStatus.Failed, MarkerFile.Failed(claim.Load, "refused", refusal.Error, null, refusal.Hint));
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
            waiting.Postpone(InboxName.ClaimOf(claim.Dataset, claim.Load));
        }

        AtStep(WatcherStep.AfterMarker, claim.Dataset);
    }

    private void Tell(NewLoad load)
    {
        if (load.Refusal is null)
        {
            Log.Accepted(logger, load.Id, inbox.Name, load.Spec.Dataset, load.Spec.Target, load.Spec.TableName);
        }
        else
        {
            Log.Refused(logger, load.Id, inbox.Name, load.Spec.Dataset, load.Refusal.Error);
        }
    }

    /// <summary>What lies on disk for a load that is being accepted.</summary>
    private enum ClaimKind
    {
        Claim,

        /// <summary>A <c>.queued</c> marker that the ledger does not know.</summary>
        Marker,

        /// <summary>The trigger itself, where its name leaves no room for a claim; only ever refused.</summary>
        Trigger,
    }

    private sealed record Claim(string Dataset, LoadId Load, TriggerText Text, ClaimKind Kind = ClaimKind.Claim);
}

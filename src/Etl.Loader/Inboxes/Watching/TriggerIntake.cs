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

    private TriggerClaims? _claims;

    /// <summary>Called at each step with the dataset (empty for a batch); tests stop the process here.</summary>
    public Action<WatcherStep, string> AtStep { get; init; } = static (_, _) => { };

    /// <summary>Why triggers could not be claimed in the last round; null when all could.</summary>
    public string? Problem => Claims.Problem;

    private TriggerClaims Claims => _claims ??= new TriggerClaims(inbox, waiting, time, logger, AtStep);

    public async Task<IntakeResult> TakeAsync(IReadOnlyList<ReadyTrigger> ready, CancellationToken token)
    {
        Claims.Begin();
        var result = default(IntakeResult);
        foreach (var batch in ready.Chunk(BatchSize))
        {
            token.ThrowIfCancellationRequested();
            await RequireQueueAsync(token);
            var found = batch.Where(t => InboxName.IsClaim(t.Path)).Select(Claims.Found).OfType<Claim>().ToList();
            var claims = await WithoutKnownAsync(found, token);
            claims.AddRange(batch.Where(t => !InboxName.IsClaim(t.Path)).Select(Claims.Take).OfType<Claim>());
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
}

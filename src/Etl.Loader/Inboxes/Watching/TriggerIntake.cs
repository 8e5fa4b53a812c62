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
/// Turns triggers into loads: claim, accept in the database, mark the claim. Whatever dies in between leaves what any watcher resumes from, see
/// <see cref="ITriggerClaims"/>; the ledger shows whether it was accepted already.
/// </summary>
internal sealed class TriggerIntake(Inbox inbox, IAcceptLoads ledger, ITriggerClaims claims, WaitingTriggers waiting, ILogger logger)
{
    /// <summary>Loads a transaction: large enough to accept a flood quickly, small enough that the first of it start immediately.</summary>
    private const int BatchSize = 500;

    /// <summary>Called at each step with the dataset (empty for a batch); tests stop the process here.</summary>
    public Action<WatcherStep, string> AtStep { get; init; } = static (_, _) => { };

    /// <summary>Why triggers could not be claimed in the last round; null when all could.</summary>
    public string? Problem => claims.Problem;

    public async Task<IntakeResult> TakeAsync(IReadOnlyList<ReadyTrigger> ready, CancellationToken token)
    {
        claims.Begin();
        var result = default(IntakeResult);
        foreach (var batch in ready.Chunk(BatchSize))
        {
            token.ThrowIfCancellationRequested();
            await RequireQueueAsync(token);
            result += await AcceptAsync(await claims.TakeAsync(batch, token), token);
        }

        return result;
    }

    /// <summary>Accepts again what the ledger should know and does not: it was restored from a backup.</summary>
    public async Task<IntakeResult> TakeAgainAsync(IReadOnlyList<(string Dataset, LoadId Load, byte[] Trigger)> queued, CancellationToken token)
    {
        await RequireQueueAsync(token);
        var marked = queued.Select(q => new Claim(q.Dataset, q.Load, new TriggerText(q.Trigger, null, null), ClaimKind.Marker)).ToList();
        foreach (var claim in marked)
        {
            Log.AcceptedAgain(logger, claim.Load, inbox.Name, claim.Dataset);
        }

        return await AcceptAsync(marked, token);
    }

    private async Task RequireQueueAsync(CancellationToken token)
    {
        if (!await ledger.IsReachableAsync(token))
        {
            throw new QueueAwayException();
        }
    }

    private async Task<IntakeResult> AcceptAsync(IReadOnlyList<Claim> claimed, CancellationToken token)
    {
        // Anyone who copies a marker or a claim makes two of one id: one of them is the load, the other waits for the next round, which knows it.
        IReadOnlyList<Claim> taken = [.. claimed.DistinctBy(c => c.Load)];
        if (taken.Count == 0)
        {
            return default;
        }

        var result = default(IntakeResult);
        try
        {
            var loads = ToLoads(taken, token);
            AtStep(WatcherStep.BeforeAccept, "");
            var accepted = await AcceptOrSetAsideAsync(loads, token);
            AtStep(WatcherStep.AfterAccept, "");
            foreach (var claim in taken.Where(c => accepted.ContainsKey(c.Load)))
            {
                var (load, acceptance) = accepted[claim.Load];
                load = load with { Refusal = acceptance.Refusal ?? load.Refusal };
                await claims.AcceptedAsync(claim, acceptance.Status, acceptance.New ? load.Refusal : null, token);
                if (acceptance.New || load.Trigger is null)
                {
                    // Otherwise another watcher was first with the trigger, and has reported it.
                    result += load.Refusal is null ? new IntakeResult(1, 0) : new IntakeResult(0, 1);
                    Report(load);
                }
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            foreach (var claim in taken)
            {
                claims.GiveBack(claim);
            }

            throw;
        }

        return result;
    }

    private List<NewLoad> ToLoads(IReadOnlyList<Claim> taken, CancellationToken token)
    {
        var loads = new List<NewLoad>(taken.Count);
        foreach (var claim in taken)
        {
            try
            {
                var load = claim.Text.Fault is { } fault
                    ? TriggerReader.Refuse(inbox, claim.Dataset, claim.Load, fault, claim.Text.Hint)
                    : TriggerReader.Read(inbox, claim.Dataset, claim.Load, claim.Text.Content, token);
                loads.Add(load with { Trigger = claim.Identity });
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Log.NotRead(logger, inbox.Name, claim.Dataset, exception.Message);
                waiting.Postpone(claim.Path);
            }
        }

        if (loads.Any(l => l.Refusal is not null))
        {
            // Files of an unmounted share are not missing.
            InboxIdentity.RequirePresent(inbox);
        }

        return loads;
    }

    /// <summary>One bad load must not stop the others: what the database will not take is tried alone, reported, and tried again later.</summary>
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
                foreach (var acceptance in await ledger.AcceptAsync([load], token))
                {
                    accepted[load.Id] = (load, acceptance);
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                await RequireQueueAsync(token);
                Log.NotAccepted(logger, load.Id, inbox.Name, load.Spec.Dataset, exception);
                waiting.Postpone(load.Trigger?.Path ?? InboxName.ClaimOf(load.Spec.Dataset, load.Id));
            }
        }

        return accepted;
    }

    private void Report(NewLoad load)
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

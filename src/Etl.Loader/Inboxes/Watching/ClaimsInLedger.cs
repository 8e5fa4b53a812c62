using Etl.Loader.Inboxes.Files;
using Etl.Loader.Inboxes.Triggers;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>
/// Takes the triggers of an inbox that is only read: nothing there changes, and the ledger takes the trigger's identity in the transaction that accepts its
/// load. Of all watchers one inserts it. Until then the trigger stays among the waiting, so that a death or an outage at any point leaves it to be taken.
/// </summary>
internal sealed class ClaimsInLedger(
    Inbox inbox, ITakenTriggers taken, KnownTriggers known, WaitingTriggers waiting, ILogger logger, Action<WatcherStep, string> atStep) : ITriggerClaims
{
    public string? Problem { get; private set; }

    public void Begin() => Problem = null;

    public bool IsTaken(string path) => known.IsThere(path);

    public async Task<IReadOnlyList<Claim>> TakeAsync(IReadOnlyList<ReadyTrigger> ready, CancellationToken token)
    {
        var claims = ready.Select(Read).OfType<Claim>().ToList();
        if (claims.Count == 0)
        {
            return claims;
        }

        var onRecord = await taken.FindAsync(inbox.Name, [.. claims.Select(c => c.Identity!)], token);
        foreach (var claim in claims.Where(c => onRecord.Contains(c.Identity!)))
        {
            Remember(claim);
        }

        return [.. claims.Where(c => !onRecord.Contains(c.Identity!))];
    }

    public Task AcceptedAsync(Claim claim, LoadStatus status, LoadRefusal? refusal, CancellationToken token)
    {
        Remember(claim);
        return Task.CompletedTask;
    }

    public void GiveBack(Claim claim)
    {
        // It still is among the waiting.
    }

    private void Remember(Claim claim)
    {
        waiting.Remove(claim.Path);
        known.Remember(claim.Path, TriggerStamp.Of(claim.Identity!));
    }

    /// <summary>Null when it is gone, being written, or cannot be looked at now.</summary>
    private Claim? Read(ReadyTrigger trigger)
    {
        try
        {
            atStep(WatcherStep.BeforeClaim, trigger.Path);
            using var root = inbox.Open();
            if (TriggerText.Read(root, trigger.Path, trigger.Path, out var read) is not { } text)
            {
                waiting.Remove(trigger.Path);
                return null;
            }

            var stamp = TriggerStamp.Of(read);
            if (TriggerStamp.Of(inbox, trigger.Path) != stamp)
            {
                // Written to or replaced meanwhile: the next round reads what is there then.
                waiting.Remove(trigger.Path);
                waiting.Seen(trigger.Path);
                return null;
            }

            if (!trigger.LastChance && !text.Parses())
            {
                waiting.Unparsable(trigger.Path);
                return null;
            }

            var identity = stamp.With(trigger.Path, text);

            // A claim is what watchers left that renamed, before the inbox became one that is only read.
            return InboxName.IsClaim(trigger.Path, out var dataset, out var load)
                ? new Claim(dataset, load, text, Identity: identity)
                : new Claim(trigger.Path[..^InboxName.Trigger.Length], identity.LoadIn(inbox.Name), text, Identity: identity);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NotClaimed(logger, inbox.Name, trigger.Path, exception.Message);
            Problem = $"cannot read {Shown.Name(trigger.Path)}: {exception.Message}";
            waiting.Postpone(trigger.Path);
            return null;
        }
    }
}

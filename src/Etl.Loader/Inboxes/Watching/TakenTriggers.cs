using Etl.Loader.Inboxes.Files;
using Etl.Loader.Ledger;
using Microsoft.Extensions.Logging;

namespace Etl.Loader.Inboxes.Watching;

/// <summary>
/// Compares the ledger's taken triggers with the files of an inbox that is only read. What is there stays known, however long; what is gone is forgotten
/// after its time; and this watcher's memory follows the ledger, which may have been restored from a backup.
/// </summary>
internal sealed class TakenTriggers(Inbox inbox, ITakenTriggers ledger, KnownTriggers known, TimeSpan kept, ILogger logger)
{
    private const int PageSize = 500;

    public async Task CompareAsync(CancellationToken token)
    {
        var lying = new HashSet<string>(StringComparer.Ordinal);
        for (long after = 0; await ledger.ListAsync(inbox.Name, after, kept, PageSize, token) is { Count: > 0 } page; after = page[^1].Id)
        {
            var there = new List<long>();
            var gone = new List<long>();
            foreach (var taken in page)
            {
                switch (IsThere(taken.Trigger))
                {
                    case true:
                        lying.Add(taken.Trigger.Path);
                        there.AddRange(taken.Gone ? [taken.Id] : []);
                        break;
                    case false:
                        gone.Add(taken.Id);
                        break;
                    default:
                        break;
                }
            }

            // Files of a share that went meanwhile are not gone.
            InboxIdentity.RequirePresent(inbox);
            if (there.Count + gone.Count > 0)
            {
                await ledger.NoteAsync(inbox.Name, there, gone, kept, token);
            }
        }

        known.KeepOnly(lying);
    }

    /// <summary>Null when no one can say now.</summary>
    private bool? IsThere(TriggerIdentity trigger)
    {
        try
        {
            if (TriggerStamp.Of(inbox, trigger.Path) is not { } stamp || stamp != TriggerStamp.Of(trigger))
            {
                return false;
            }

            if (!known.Has(trigger.Path, stamp))
            {
                using var root = inbox.Open();
                if (TriggerText.Read(root, trigger.Path, trigger.Path) is not { } text || stamp.With(trigger.Path, text) != trigger)
                {
                    return false;
                }

                known.Remember(trigger.Path, stamp);
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.NotRead(logger, inbox.Name, trigger.Path, exception.Message);
            return null;
        }
    }
}

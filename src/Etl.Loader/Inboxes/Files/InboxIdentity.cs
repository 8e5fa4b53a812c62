using System.Text;
using Etl.Loader.Files;
using Etl.Loader.Ledger;

namespace Etl.Loader.Inboxes.Files;

/// <summary>
/// The file <c>.etl-loader-inbox</c>: the proof that the directory is the inbox and not an empty mount point. Made once, at the inbox's first
/// use; after that a directory without it is away, whatever else it holds. In an inbox without markers nothing is written: there it is made by anyone who can,
/// and the directory is away until then.
/// </summary>
internal sealed class InboxIdentity(Inbox inbox, IAcceptLoads ledger)
{
    /// <summary>An id and a line break, however it was written.</summary>
    private const int MaxBytes = 1024;

    private Guid? _onRecord;

    /// <summary>
    /// Before an id is on record it waits under a name of its own, which no other watcher's proposal can replace: a watcher that dies between recording and
    /// naming leaves what the next one needs.
    /// </summary>
    private static string Pending(Guid id) => $"{InboxName.Identity}.{id:D}";

    /// <summary>Throws <see cref="InboxAwayException"/> unless the directory carries the id on record. Asks the database only until it is known.</summary>
    public async Task VerifyAsync(CancellationToken token)
    {
        using var root = inbox.Open();
        if (_onRecord is { } known)
        {
            RefuseOther(Read(inbox, root), known);
            return;
        }

        var carried = Read(inbox, root);
        if (carried is null && !inbox.HasMarkers)
        {
            throw Missing(inbox);
        }

        if (carried is null)
        {
            carried = await IntroduceAsync(root, token);
        }
        else
        {
            RefuseOther(carried, await ledger.RegisterInboxAsync(inbox.Name, carried.Value, token));
        }

        _onRecord = carried;
    }

    /// <summary>Throws <see cref="InboxAwayException"/> when the directory or the file is missing: enough for who only reads.</summary>
    public static void RequirePresent(Inbox inbox)
    {
        using var root = inbox.Open();
        if (Read(inbox, root) is null)
        {
            throw Missing(inbox);
        }
    }

    /// <summary>Anybody who writes there may have put something else under the name: a link or a pipe is not read.</summary>
    private static Guid? Read(Inbox inbox, DirectoryHandle root)
    {
        try
        {
            using var file = root.TryOpenFile(InboxName.Identity, out _);
            return file is null ? null
                : Guid.TryParse(Encoding.UTF8.GetString(SmallFile.Read(file, MaxBytes)).Trim('\uFEFF', ' ', '\r', '\n', '\t'), out var id) ? id
                : throw inbox.Away($"{InboxName.Identity} contains no id");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw inbox.Away(exception.Message);
        }
    }

    private async Task<Guid> IntroduceAsync(DirectoryHandle root, CancellationToken token)
    {
        if (!await ledger.IsReachableAsync(token))
        {
            throw new QueueAwayException();
        }

        var proposed = Propose(root);
        var onRecord = await ledger.RegisterInboxAsync(inbox.Name, proposed, token);
        if (onRecord != proposed)
        {
            root.TryDelete(Pending(proposed));
        }

        // Ours, or that of the watcher which was first; where neither is there, it has the inbox's name already, or this is another directory.
        root.TryRename(Pending(onRecord), root, InboxName.Identity);
        RefuseOther(Read(inbox, root), onRecord);
        return onRecord;
    }

    private Guid Propose(DirectoryHandle root)
    {
        var proposed = Guid.CreateVersion7();
        try
        {
            using var file = root.Create(Pending(proposed), ownerOnly: false);
            file.Write(Encoding.ASCII.GetBytes($"{proposed:D}\n"));
            return proposed;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw inbox.Away($"{InboxName.Identity} cannot be created ({exception.Message})");
        }
    }

    private void RefuseOther(Guid? carried, Guid onRecord)
    {
        if (carried is null)
        {
            throw Missing(inbox);
        }

        if (carried != onRecord)
        {
            _onRecord = null;
            throw inbox.Away($"its {InboxName.Identity} contains {carried:D}, but {onRecord:D} is on record: this is another directory");
        }
    }

    private static InboxAwayException Missing(Inbox inbox) => inbox.Away(inbox.HasMarkers
        ? $"it has no {InboxName.Identity}"
        : $"it has no {InboxName.Identity}, which must be created by hand if Markers is 'none' ('etl-loader doctor' prints the command)");
}

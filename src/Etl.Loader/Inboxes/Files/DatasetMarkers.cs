using System.Text;
using Etl.Loader.Files;
using Etl.Loader.Ledger;

namespace Etl.Loader.Inboxes.Files;

/// <summary>
/// The markers of one dataset: <c>X.queued</c>, then <c>X.loaded</c> or <c>X.failed</c>. Each carries its load's id, and no one replaces the marker of
/// a load that waits or of one whose trigger was taken later: a delivery that came later owns the dataset. All methods pass on <see cref="IOException"/> and
/// <see cref="UnauthorizedAccessException"/>: an inbox that cannot be written is the caller's to bear. What is done is done in the directory that was opened
/// first, so that nothing outside the inbox is touched, whatever its names lead to meanwhile.
/// </summary>
internal sealed class DatasetMarkers : IDisposable
{
    private const int MaxNameBytes = 255;

    private readonly DirectoryHandle _directory;
    private readonly string _stem;

    /// <summary>Throws <see cref="IOException"/> where the dataset's directory is gone or behind a link.</summary>
    public DatasetMarkers(Inbox inbox, string dataset)
    {
        var slash = dataset.LastIndexOf('/');
        _stem = dataset[(slash + 1)..];
        using var root = inbox.Open();
        _directory = root.TryDescend(slash < 0 ? "" : dataset[..slash]) ?? throw new DirectoryNotFoundException($"{dataset[..slash]} is gone.");
    }

    private string Queued => _stem + InboxName.Queued;

    private string Loaded => _stem + InboxName.Loaded;

    private string Failed => _stem + InboxName.Failed;

    /// <summary>False where the name is so long that the claim's would go beyond what file systems hold.</summary>
    public bool IsClaimable => Encoding.UTF8.GetByteCount(_stem) <= MaxNameBytes - InboxName.ClaimSuffixBytes;

    public void Dispose() => _directory.Dispose();

    /// <summary>Makes the trigger the load's claim. False when it is gone: someone else was first.</summary>
    public bool TryClaim(LoadId load) => _directory.TryRename(_stem + InboxName.Trigger, _directory, InboxName.ClaimOf(_stem, load));

    public void RemoveTrigger() => _directory.TryDelete(_stem + InboxName.Trigger);

    /// <summary>Removed when a new trigger is taken: what they report is over. Where that is not possible they stay; it stops no load.</summary>
    public void RemoveOutcomes()
    {
        foreach (var name in (ReadOnlySpan<string>)[Loaded, Failed])
        {
            try
            {
                _directory.TryDelete(name);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Replaced or removed when the load has its outcome.
            }
        }
    }

    /// <summary>
    /// In place of the claim. Nothing happens when the claim is gone: then another watcher has done it, and perhaps more. Another watcher may have taken
    /// a later trigger and been faster: then only the claim goes.
    /// </summary>
    public void QueuedForClaim(LoadId load, ReadOnlySpan<byte> trigger)
    {
        if (!HasClaim(load))
        {
            return;
        }

        if ((Owner(Queued) ?? Reported()) is { } owner && owner.MadeAt > load.MadeAt)
        {
            RemoveClaim(load);
        }
        else
        {
            WriteQueued(load, trigger);
        }
    }

    public void WriteQueued(LoadId load, ReadOnlySpan<byte> trigger)
    {
        MarkerFile.Write(_directory, Queued, load, MarkerFile.Queued(load, trigger));
        RemoveOutcomes();
        RemoveClaim(load);
    }

    /// <summary>A load that has no trigger (reload, requeue): marked unless another load's marker says it waits.</summary>
    public bool QueuedAgain(LoadId load, ReadOnlySpan<byte> trigger)
    {
        if (Owner(Queued) is { } owner && owner != load)
        {
            return false;
        }

        WriteQueued(load, trigger);
        return true;
    }

    /// <summary>
    /// True when this load's marker may report such an outcome: no other, newer load owns the dataset. A reload has no trigger that removed what was reported
    /// before; it replaces that when it is loaded. One that fails has changed nothing in the table, and what was reported of it stands.
    /// </summary>
    public bool IsOwner(LoadId load, LoadStatus outcome)
    {
        if (Owner(Queued) is { } queued)
        {
            return queued == load;
        }

        return Reported() is not { } reported || reported == load || HasClaim(load) || (outcome == LoadStatus.Loaded && reported.MadeAt < load.MadeAt);
    }

    /// <summary>False when another load owns the dataset; nothing is written then, but this load's claim goes.</summary>
    public bool Outcome(LoadId load, LoadStatus status, string content)
    {
        if (!IsOwner(load, status))
        {
            RemoveClaim(load);
            return false;
        }

        // Another load's X.failed beside our X.queued is a trigger that was refused after ours was taken: newer, so it stays.
        var (mine, other) = status == LoadStatus.Loaded ? (Loaded, Failed) : (Failed, Loaded);
        var refusedSince = Owner(Failed) is { } refused && refused != load && Owner(Queued) == load;
        var writes = !(refusedSince && mine == Failed);
        if (writes)
        {
            var text = MarkerFile.OwnerIn(content) == load ? content : $"load: {load}\n{content}";
            MarkerFile.Write(_directory, mine, load, Encoding.UTF8.GetBytes(text));
        }

        if (!(refusedSince && other == Failed))
        {
            _directory.TryDelete(other);
        }

        RemoveClaim(load);
        RemoveOwn(Queued, load);
        return writes;
    }

    /// <summary>A trigger that was refused: reported beside what waits already, which it does not touch.</summary>
    public void Refused(LoadId load, LoadRefusal refusal)
    {
        MarkerFile.Write(_directory, Failed, load, Encoding.UTF8.GetBytes(MarkerFile.Failed(load, "refused", refusal.Error, null, refusal.Hint)));
        RemoveClaim(load);
    }

    /// <summary>Removes <c>X.loaded</c> where it still is this load's.</summary>
    public void ForgetLoaded(LoadId load) => RemoveOwn(Loaded, load);

    private LoadId? Owner(string marker) => MarkerFile.Owner(_directory, marker);

    private LoadId? Reported() => Owner(Loaded) ?? Owner(Failed);

    private bool HasClaim(LoadId load) => _directory.Stat(InboxName.ClaimOf(_stem, load)) is not null;

    private void RemoveClaim(LoadId load) => _directory.TryDelete(InboxName.ClaimOf(_stem, load));

    /// <summary>Taken aside before it is looked at: between look and removal a newer load's marker could have come in its place.</summary>
    private void RemoveOwn(string marker, LoadId load)
    {
        var aside = InboxName.AsideOf(load);
        if (!_directory.TryRename(marker, _directory, aside))
        {
            return;
        }

        if (Owner(aside) == load)
        {
            _directory.TryDelete(aside);
        }
        else
        {
            _directory.TryRename(aside, _directory, marker);
        }
    }
}
